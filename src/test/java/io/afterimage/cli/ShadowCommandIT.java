package io.afterimage.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.ModelArtifact;
import io.afterimage.registry.ModelKey;
import io.afterimage.stream.Deployment;
import io.afterimage.stream.ShippedImages;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ModelEvent;
import io.afterimage.wire.ScoreEvent;
import io.afterimage.wire.ShadowScoreEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A challenger that operators send to running instances and call back. */
@Tag("kafka")
@Tag("service")
class ShadowCommandIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int LOT = 40;

    @TempDir
    private static Path directory;

    private static Deployment broker;
    private static List<byte[]> digits;
    private static String shipped;
    private static String stricter;
    private static String other;

    @BeforeAll
    static void start() throws Exception {
        broker = Deployment.shared(directory.resolve("state"));
        digits = ShippedImages.pngs(LOT, ShippedImages.DIGITS);
        ModelArtifact builtin = ModelArtifact.builtin();
        shipped = builtin.manifest().version();
        // To this one everything is a little more unusual.
        stricter = write(4, "stricter");
        other = write(1, "other");
    }

    private static String write(double suspicion, String folder) throws Exception {
        ModelArtifact builtin = ModelArtifact.builtin();
        ModelArtifact model = builtin.withScoring(
                builtin.manifest().scoring(),
                builtin.manifest().calibration().stream()
                        .map(score -> score - suspicion)
                        .toList());
        model.write(directory.resolve(folder));
        return model.manifest().version();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void comesToARunningServiceAndLeavesIt() throws Exception {
        Deployment deployment = published("shadow");
        try (LongRunning service = start(deployment, Map.of())) {
            score(deployment, LOT);
            assertThat(pairs(deployment)).isEmpty();

            assertThat(models(deployment, "shadow", stricter).lines())
                    .containsExactly("challenger  none -> " + stricter);
            awaitEvent(deployment, ModelEvent.Type.SHADOWING, stricter);
            score(deployment, 2 * LOT);
            assertThat(pairs(deployment))
                    .hasSize(LOT)
                    .allMatch(pair -> pair.champion().version().equals(shipped)
                            && pair.challenger().version().equals(stricter));
            assertThat(models(deployment, "list").out()).contains("~   " + stricter);

            assertThat(models(deployment, "prune", "--keep", "1").lines()).containsExactly("pruned  " + other);
            JsonNode compared = models(deployment, "compare", shipped, stricter, "--json")
                    .json()
                    .get(0);
            assertThat(compared.get("images").asLong()).isEqualTo(LOT);
            assertThat(compared.at("/pValueDifference/upper").asDouble()).isNegative();

            assertThat(models(deployment, "shadow", "--off").lines())
                    .containsExactly("challenger  " + stricter + " -> none");
            assertThat(models(deployment, "shadow", "--off").lines()).containsExactly("there is no challenger");
            Awaitility.await().atMost(PATIENCE).until(() -> addsNoPairs(deployment));
            assertThat(scores(deployment))
                    .allMatch(each -> each.model().version().equals(shipped));
            service.requireRunning();
        }
        assertThat(types(deployment, stricter)).containsExactly("published", "challenged", "shadowing", "retired");
    }

    @Test
    void isThereAfterARestartAndEndsWhenItIsPromoted() throws Exception {
        Deployment deployment = published("promoted");
        models(deployment, "shadow", other);
        assertThat(models(deployment, "shadow", stricter).lines())
                .containsExactly("challenger  " + other + " -> " + stricter);
        try (LongRunning service = start(deployment, Map.of())) {
            score(deployment, LOT);
            assertThat(pairs(deployment)).hasSize(LOT);

            models(deployment, "promote", stricter);
            awaitEvent(deployment, ModelEvent.Type.SWAPPED, stricter);
            int before = pairs(deployment).size();
            score(deployment, 2 * LOT);
            assertThat(pairs(deployment)).hasSize(before);
            assertThat(scores(deployment))
                    .filteredOn(each -> each.model().version().equals(stricter))
                    .hasSize(LOT);
            assertThat(models(deployment, "list").out()).doesNotContain("~");
            // The trial is over, also after a way back.
            models(deployment, "rollback");
            assertThat(models(deployment, "list").out()).doesNotContain("~");
            service.requireRunning();
        }
        assertThat(types(deployment, stricter)).contains("challenged", "promoted", "retired");
    }

    @Test
    void theSettingOfAnInstanceWins() throws Exception {
        Deployment deployment = published("setting");
        try (LongRunning service = start(deployment, Map.of("afterimage.challenger", other))) {
            models(deployment, "shadow", stricter);
            score(deployment, LOT);
            assertThat(pairs(deployment))
                    .hasSize(LOT)
                    .allMatch(pair -> pair.challenger().version().equals(other));
            assertThat(models(deployment, "compare", shipped, other, "--json")
                            .json()
                            .get(0)
                            .get("images")
                            .asInt())
                    .isEqualTo(LOT);
            service.requireRunning();
        }
    }

    @Test
    void aTornOneIsRejectedAndTheChampionGoesOn() throws Exception {
        Deployment deployment = published("torn");
        try (LongRunning service = start(deployment, Map.of())) {
            deployment.send(List.of(new ProducerRecord<>(
                    deployment.topics().models(), 0, new ModelKey.Chunk("digits", stricter, 0).bytes(), new byte[] {
                        1, 2, 3
                    })));
            Invocation refused = run(deployment, "shadow", stricter);
            assertThat(refused.code()).isEqualTo(Main.FAILED);
            assertThat(refused.err()).contains("Not made the challenger", "chunk 0");

            // Somebody who does not ask the command.
            deployment.send(List.of(new ProducerRecord<>(
                    deployment.topics().models(),
                    0,
                    new ModelKey.Challenger("digits").bytes(),
                    "{\"version\":\"%s\",\"reason\":\"\",\"at\":\"2026-01-01T00:00:00Z\"}"
                            .formatted(stricter)
                            .getBytes(UTF_8))));
            awaitEvent(deployment, ModelEvent.Type.REJECTED, stricter);
            assertThat(service.get("/metrics").body()).containsPattern("afterimage_model_rejections_total 1\\.0");
            score(deployment, LOT);
            assertThat(pairs(deployment)).isEmpty();
            assertThat(scores(deployment)).hasSize(LOT);
        }
    }

    @Test
    void saysWhatIsWrong() {
        Deployment deployment = published("wrong");
        assertThat(run(deployment, "shadow").code()).isEqualTo(Main.USAGE);
        assertThat(run(deployment, "shadow", stricter, "--off").code()).isEqualTo(Main.USAGE);
        assertThat(run(deployment, "shadow", shipped).err()).contains("is the current one");
        assertThat(run(deployment, "shadow", stricter.substring(0, 6)).err()).contains("did you mean " + stricter);
        assertThat(run(deployment, "shadow", "../../etc").err()).contains("there are");
    }

    /** The shipped model current, the two others waiting. */
    private static Deployment published(String prefix) {
        Deployment deployment = broker.another(prefix);
        models(deployment, "publish", "--model", "builtin");
        for (String folder : List.of("other", "stricter")) {
            models(deployment, "publish", "--model", directory.resolve(folder).toString(), "--no-promote");
        }
        return deployment;
    }

    private static LongRunning start(Deployment deployment, Map<String, String> settings) throws Exception {
        return LongRunning.serve(deployment, settings, directory);
    }

    /** Sends a lot of images and waits until there are so many outcomes in all. */
    private static void score(Deployment deployment, int total) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < LOT; i++) {
            byte[] stream = ("camera-" + i % 3).getBytes(UTF_8);
            records.add(new ProducerRecord<>(deployment.topics().images(), stream, digits.get(i)));
        }
        deployment.send(records);
        deployment.awaitOutcomes(total);
    }

    private static boolean addsNoPairs(Deployment deployment) throws Exception {
        int before = pairs(deployment).size();
        score(deployment, scores(deployment).size() + LOT);
        return pairs(deployment).size() == before;
    }

    private static List<ScoreEvent> scores(Deployment deployment) {
        return deployment.committed(deployment.topics().scores()).stream()
                .map(record -> EventSerdes.score().deserializer().deserialize("", record.value()))
                .toList();
    }

    private static List<ShadowScoreEvent> pairs(Deployment deployment) {
        return deployment.committed(deployment.topics().shadowScores()).stream()
                .map(record -> EventSerdes.shadowScore().deserializer().deserialize("", record.value()))
                .toList();
    }

    private static List<String> types(Deployment deployment, String version) {
        return deployment.committed(deployment.topics().modelEvents()).stream()
                .map(record -> EventSerdes.modelEvent().deserializer().deserialize("", record.value()))
                .filter(event -> event.version().equals(version))
                .map(ModelEvent::type)
                .toList();
    }

    private static void awaitEvent(Deployment deployment, ModelEvent.Type type, String version) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> types(deployment, version).contains(type.label()));
    }

    private static Invocation models(Deployment deployment, String command, String... args) {
        return Invocation.succeed(all(deployment, command, args));
    }

    private static Invocation run(Deployment deployment, String command, String... args) {
        return Invocation.of(all(deployment, command, args));
    }

    private static String[] all(Deployment deployment, String command, String... args) {
        List<String> all = new ArrayList<>(List.of("models", command));
        all.addAll(List.of(args));
        return deployment.command(all.toArray(String[]::new));
    }
}
