package io.afterimage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSignaturesTest {
    private final KeyPair ours = generate("Ed25519");
    private final KeyPair theirs = generate("Ed25519");
    private ModelArtifact model;

    @TempDir
    private Path directory;

    @BeforeEach
    void readModel() throws Exception {
        model = ModelArtifact.builtin();
    }

    @Test
    void takesWhatOneOfTheKeysSigned() {
        ModelArtifact signed = ModelSignatures.sign(model, ours.getPrivate());

        for (String keys : new String[] {
            base64(ours),
            base64(theirs) + ", " + base64(ours),
            pem(theirs) + pem(ours),
            pem(ours) + "," + base64(theirs)
        }) {
            ModelSignatures signatures = ModelSignatures.of(keys);
            assertThat(signatures.required()).isTrue();
            assertThatCode(() -> signatures.verify(signed)).doesNotThrowAnyException();
        }
    }

    @Test
    void takesNothingElse() throws Exception {
        ModelSignatures signatures = ModelSignatures.of(pem(ours));
        ModelArtifact signed = ModelSignatures.sign(model, ours.getPrivate());

        assertRejected(signatures, model, "not signed");
        assertRejected(signatures, ModelSignatures.sign(model, theirs.getPrivate()), "none of the keys");
        assertRejected(signatures, model.withSignature("not base64!"), "not base64");
        assertRejected(signatures, model.withSignature("AAAA"), "3 bytes");
        assertRejected(
                signatures, model.withSignature(Base64.getEncoder().encodeToString(new byte[64])), "none of the keys");
        // The figures are not part of the version, but nobody may improve them afterwards.
        ModelArtifact embellished = model.withQuality(Map.of("auroc", 1.0))
                .withSignature(signed.manifest().signature());
        assertRejected(signatures, embellished, "none of the keys");
    }

    @Test
    void aSignatureSurvivesTheWayThroughJson() throws Exception {
        ModelArtifact signed = ModelSignatures.sign(model.withQuality(Map.of("auroc", 0.1 + 0.2)), ours.getPrivate());
        ModelArtifact read = ModelArtifact.of(signed.manifestBytes(), signed.weights());
        assertThatCode(() -> ModelSignatures.of(pem(ours)).verify(read)).doesNotThrowAnyException();
    }

    @Test
    void withoutKeysEverythingIsTaken() {
        assertThat(ModelSignatures.of("  ").required()).isFalse();
        assertThatCode(() -> ModelSignatures.NOT_REQUIRED.verify(model)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "AAAA", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"})
    void refusesWhatIsNoKey(String keys) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSignatures.of(keys))
                .withMessageContaining("key 1 is not an Ed25519 public key");
    }

    @Test
    void refusesAnotherAlgorithm() {
        assertThatIllegalArgumentException().isThrownBy(() -> ModelSignatures.of(base64(generate("RSA"))));
    }

    @Test
    void readsAPrivateKeyFile() throws Exception {
        Path file = directory.resolve("key.pem");
        Files.writeString(file, privatePem(ours));
        ModelArtifact signed = ModelSignatures.sign(model, ModelSignatures.privateKey(file));
        assertThatCode(() -> ModelSignatures.of(base64(ours)).verify(signed)).doesNotThrowAnyException();
    }

    @Test
    void neverQuotesAPrivateKey() throws Exception {
        String rsa = privatePem(generate("RSA"));
        Path file = directory.resolve("key.pem");
        Files.writeString(file, rsa);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSignatures.privateKey(file))
                .withMessageContaining("no Ed25519 key")
                .withNoCause()
                .satisfies(e -> assertThat(e.getMessage())
                        .doesNotContain(rsa.lines().skip(1).findFirst().orElseThrow()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSignatures.of(rsa))
                .withMessage("expected a PUBLIC KEY, found a PRIVATE KEY");
        Files.writeString(file, pem(ours));
        assertThatIllegalArgumentException().isThrownBy(() -> ModelSignatures.privateKey(file));
    }

    private static void assertRejected(ModelSignatures signatures, ModelArtifact artifact, String why) {
        assertThatExceptionOfType(ModelRejectedException.class)
                .isThrownBy(() -> signatures.verify(artifact))
                .withMessageContaining(why);
    }

    private static KeyPair generate(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(KeyPair key) {
        return Base64.getEncoder().encodeToString(key.getPublic().getEncoded());
    }

    private static String pem(KeyPair key) {
        return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n".formatted(base64(key));
    }

    private static String privatePem(KeyPair key) {
        return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                .formatted(
                        Base64.getMimeEncoder().encodeToString(key.getPrivate().getEncoded()));
    }
}
