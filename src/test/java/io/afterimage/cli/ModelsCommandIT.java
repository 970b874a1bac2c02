package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.containers.Broker;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("kafka")
class ModelsCommandIT {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private static Path directory;

    private static Broker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = Broker.shared(directory.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void publishesListsShowsAndGoesBack() throws Exception {
        String prefix = topics("life");
        String shipped = ModelArtifact.builtin().manifest().version();
        String better = another().manifest().version();
        another().write(directory.resolve("better"));

        assertThat(succeed(prefix, "list").out()).contains("no models on Kafka yet", "publish --model builtin");
        assertThat(succeed(prefix, "publish", "--model", "builtin").lines())
                .containsExactly("published  digits " + shipped, "promoted  none -> " + shipped);
        assertThat(succeed(
                                prefix,
                                "publish",
                                "--model",
                                directory.resolve("better").toString(),
                                "--no-promote")
                        .lines())
                .containsExactly("published  digits " + better);
        assertThat(states(prefix)).containsExactly(better + " waiting 0", shipped + " current 0");

        assertThat(succeed(prefix, "promote", better, "--reason", "sharper").lines())
                .containsExactly("promoted  " + shipped + " -> " + better);
        assertThat(states(prefix)).containsExactly(better + " current 0", shipped + " previous 1");
        List<String> table = succeed(prefix, "list").lines();
        assertThat(table.get(0)).contains("version", "trained", "auroc", "alarm rate");
        assertThat(table.get(1)).startsWith("*   " + better).contains("0.9876", "2.4");
        assertThat(table.get(2)).startsWith("1   " + shipped);

        JsonNode shown = JSON.readTree(succeed(prefix, "show").out());
        assertThat(shown.get("version").asString()).isEqualTo(better);
        assertThat(shown.get("calibration").asString()).endsWith(" scores");
        assertThat(JSON.readTree(succeed(prefix, "show", shipped, "--json").out())
                        .get("calibration"))
                .hasSize(ModelArtifact.builtin().manifest().calibration().size());

        assertThat(succeed(prefix, "rollback").lines()).containsExactly("rolled back  " + better + " -> " + shipped);
        assertThat(states(prefix)).containsExactly(better + " waiting 0", shipped + " current 0");
        assertThat(succeed(prefix, "prune", "--keep", "1").lines()).containsExactly("pruned  " + better);
        assertThat(succeed(prefix, "prune", "--keep", "1").lines()).containsExactly("nothing to prune");
    }

    @Test
    void takesOnlySignedModelsWhenTold() throws Exception {
        String prefix = topics("signed");
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path secret = pem("PRIVATE KEY", key.getPrivate().getEncoded(), "key.pem");
        Path open = pem("PUBLIC KEY", key.getPublic().getEncoded(), "key.pub");

        Invocation refused = with(prefix, "publish", "--model", "builtin", "--verify-with", open.toString());
        assertThat(refused.code()).isEqualTo(Main.FAILED);
        assertThat(refused.err()).contains("Not published", "not signed");

        succeed(
                prefix,
                "publish",
                "--model",
                "builtin",
                "--sign-with",
                secret.toString(),
                "--verify-with",
                open.toString());
        succeed(prefix, "show", "--verify-with", open.toString());
        assertThat(succeed(prefix, "list").out()).contains("signed");
        assertThat(with(prefix, "publish", "--model", "builtin", "--sign-with", open.toString())
                        .err())
                .contains("does not hold a PRIVATE KEY", "openssl genpkey");
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        Invocation noTopic = with("nowhere", "list");
        assertThat(noTopic.code()).isEqualTo(Main.FAILED);
        assertThat(noTopic.err()).contains("afterimage topics create");

        String prefix = topics("wrong");
        String shipped = ModelArtifact.builtin().manifest().version();
        assertThat(with(prefix, "rollback").err()).contains("Not rolled back", "no version of digits before");
        succeed(prefix, "publish", "--model", "builtin");
        assertThat(with(prefix, "promote", shipped.substring(0, 5)).err()).contains("did you mean " + shipped);
        assertThat(with(prefix, "promote", "../../../etc").err()).contains("there are " + shipped);
        assertThat(with(prefix, "show", "--name", "digit").err()).contains("there is digits");
        Invocation keep = with(prefix, "prune", "--keep", "0");
        assertThat(keep.code()).isEqualTo(Main.USAGE);
        assertThat(keep.err()).contains("--keep must be within 1..21");
        assertThat(Invocation.of("models").code()).isEqualTo(Main.USAGE);
        assertThat(with(prefix, "publish", "--model", "builtin", "--name", "Bad/Name")
                        .err())
                .contains("not a model name");
    }

    /** The shipped model scored in another way: other version, same weights. */
    private static ModelArtifact another() throws Exception {
        ModelManifest shipped = ModelArtifact.builtin().manifest();
        return ModelArtifact.builtin()
                .withScoring(shipped.scoring(), shipped.calibration().subList(0, 1000))
                .withQuality(Map.of("auroc", 0.9876));
    }

    private static List<String> states(String prefix) {
        return JSON.readTree(succeed(prefix, "list", "--json").out())
                .valueStream()
                .map(row -> row.get("version").asString() + " "
                        + row.get("state").asString() + " " + row.get("back").asInt())
                .toList();
    }

    private static Path pem(String kind, byte[] key, String name) throws Exception {
        Path file = directory.resolve(name);
        Files.writeString(
                file,
                "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                        .formatted(kind, Base64.getEncoder().encodeToString(key)));
        return file;
    }

    private static String topics(String prefix) {
        Invocation.succeed(onBroker(prefix, "topics", "create"));
        return prefix;
    }

    private static Invocation with(String prefix, String command, String... args) {
        List<String> all = new ArrayList<>(List.of("models", command));
        all.addAll(List.of(args));
        return Invocation.of(onBroker(prefix, all.toArray(String[]::new)));
    }

    private static String[] onBroker(String prefix, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(broker.flags());
        all.addAll(List.of("--topic-prefix", prefix));
        return all.toArray(String[]::new);
    }

    private static Invocation succeed(String prefix, String command, String... args) {
        Invocation invocation = with(prefix, command, args);
        assertThat(invocation.err()).isEmpty();
        assertThat(invocation.code()).isEqualTo(Main.OK);
        return invocation;
    }
}
