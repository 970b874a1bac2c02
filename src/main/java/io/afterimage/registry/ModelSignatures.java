package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EncodedKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose models are taken: Ed25519 over the manifest, which names the weights by checksum. Several keys at once allow one to be
 * replaced without a gap.
 *
 * <p>A signature says who made a model, not that it is to be used now: whoever may write the pointer may choose among the
 * models that were ever signed. Grant writing to the models topic accordingly.
 */
public final class ModelSignatures {
    /** No keys: every model is taken. */
    public static final ModelSignatures NOT_REQUIRED = new ModelSignatures(List.of());

    private static final String ALGORITHM = "Ed25519";
    private static final int MAX_KEY_FILE_BYTES = 16 << 10;
    private static final int SIGNATURE_BYTES = 64;
    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z ]+)-----([^-]*)-----END \\1-----");

    private final List<PublicKey> keys;

    private ModelSignatures(List<PublicKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads public keys: X.509 SubjectPublicKeyInfo as PEM or bare base64, any number, separated by commas or white space; none
     * in an empty text. {@code openssl pkey -in key.pem -pubout} prints one.
     *
     * @throws IllegalArgumentException when one is not an Ed25519 public key
     */
    public static ModelSignatures of(String publicKeys) {
        List<String> encoded = new ArrayList<>();
        Matcher pem = PEM.matcher(publicKeys);
        while (pem.find()) {
            if (!pem.group(1).equals("PUBLIC KEY")) {
                throw new IllegalArgumentException("expected a PUBLIC KEY, found a " + pem.group(1));
            }
            encoded.add(pem.group(2).replaceAll("\\s", ""));
        }
        for (String bare : PEM.matcher(publicKeys).replaceAll(",").split("[,\\s]+", -1)) {
            if (!bare.isEmpty()) {
                encoded.add(bare);
            }
        }
        List<PublicKey> keys = new ArrayList<>();
        for (String key : encoded) {
            try {
                EncodedKeySpec spec = new X509EncodedKeySpec(Base64.getDecoder().decode(key));
                keys.add(KeyFactory.getInstance(ALGORITHM).generatePublic(spec));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "key %d is not an Ed25519 public key (X.509, base64 or PEM)".formatted(keys.size() + 1), e);
            }
        }
        return new ModelSignatures(keys);
    }

    /** Whether a model needs a signature. */
    public boolean required() {
        return !keys.isEmpty();
    }

    /**
     * Does nothing when no key is configured.
     *
     * @throws ModelRejectedException when none of the keys made the model's signature
     */
    public void verify(ModelArtifact artifact) throws ModelRejectedException {
        if (keys.isEmpty()) {
            return;
        }
        String text = artifact.manifest().signature();
        if (text.isEmpty()) {
            throw new ModelRejectedException("it is not signed, and only signed models are taken");
        }
        byte[] signature;
        try {
            signature = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new ModelRejectedException("its signature is not base64", e);
        }
        if (signature.length != SIGNATURE_BYTES) {
            throw new ModelRejectedException(
                    "its signature has %d bytes, an Ed25519 one has %d".formatted(signature.length, SIGNATURE_BYTES));
        }
        byte[] signed = artifact.signedBytes();
        for (PublicKey key : keys) {
            if (verifies(key, signed, signature)) {
                return;
            }
        }
        throw new ModelRejectedException("its signature was made by none of the keys that are trusted");
    }

    private static boolean verifies(PublicKey key, byte[] signed, byte[] signature) throws ModelRejectedException {
        try {
            Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new ModelRejectedException("its signature is not an Ed25519 one", e);
        }
    }

    /** The same model, signed. */
    public static ModelArtifact sign(ModelArtifact artifact, PrivateKey key) {
        try {
            Signature signer = Signature.getInstance(ALGORITHM);
            signer.initSign(key);
            signer.update(artifact.signedBytes());
            return artifact.withSignature(Base64.getEncoder().encodeToString(signer.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the key cannot sign", e);
        }
    }

    /**
     * Reads the key that signs: PKCS#8 PEM, as {@code openssl genpkey -algorithm ed25519} writes it.
     *
     * @throws IllegalArgumentException when the file holds something else; its content is never part of a message
     */
    public static PrivateKey privateKey(Path pem) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(pem)) {
            content = in.readNBytes(MAX_KEY_FILE_BYTES);
        }
        Matcher matcher = PEM.matcher(new String(content, StandardCharsets.ISO_8859_1));
        if (!matcher.find() || !matcher.group(1).equals("PRIVATE KEY")) {
            throw new IllegalArgumentException(pem + " does not hold a PRIVATE KEY in PEM (PKCS#8, not encrypted)");
        }
        try {
            byte[] key = Base64.getDecoder().decode(matcher.group(2).replaceAll("\\s", ""));
            return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(key));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // The cause might quote the key.
            throw new IllegalArgumentException(
                    "%s holds no Ed25519 key (%s)".formatted(pem, e.getClass().getSimpleName()));
        }
    }
}
