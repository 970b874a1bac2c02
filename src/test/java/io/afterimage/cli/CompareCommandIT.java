package io.afterimage.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.model.ModelArtifact;
import io.afterimage.stream.Deployment;
import io.afterimage.stream.ShippedImages;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ScoreEvent;
import io.afterimage.wire.ShadowScoreEvent;
import io.afterimage.wire.ShadowScoreEvent.ModelScore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Champion and challenger from the image to the comparison, and what the comparison takes in. */
@Tag("kafka")
class CompareCommandIT {
    private static final String A = "aaaaaaaaaaaa";
    private static final String B = "bbbbbbbbbbbb";
    private static final int DIGITS = 150;
    private static final int CLOTHES = 6;

    @TempDir
    private static Path directory;

    private static Deployment broker;

    @BeforeAll
    static void start() throws Exception {
        broker = Deployment.shared(directory.resolve("state"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void comparesWhatTheServiceScored() throws Exception {
        ModelArtifact builtin = ModelArtifact.builtin();
        // To the challenger everything is a little more unusual than to the champion.
        ModelArtifact stricter = builtin.withScoring(
                builtin.manifest().scoring(),
                builtin.manifest().calibration().stream()
                        .map(score -> score - 4)
                        .toList());
        Path challenger = directory.resolve("stricter");
        stricter.write(challenger);
        Deployment deployment = broker.another("service");
        List<byte[]> images = new ArrayList<>(ShippedImages.pngs(DIGITS, ShippedImages.DIGITS));
        images.addAll(ShippedImages.pngs(CLOTHES, ShippedImages.FASHION));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (byte[] image : images) {
            byte[] stream = ("camera-" + records.size() % 3).getBytes(UTF_8);
            records.add(new ProducerRecord<>(deployment.topics().images(), stream, image));
        }
        deployment.send(records);

        try (RunningService service = RunningService.start(
                deployment.configuration(Map.of("afterimage.challenger", challenger.toString())))) {
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(service::ready);
            deployment.awaitOutcomes(images.size());
            assertThat(service.failure().toCompletableFuture()).isNotDone();
        }

        String champion = builtin.manifest().version();
        String version = stricter.manifest().version();
        List<ScoreEvent> scores = deployment.committed(deployment.topics().scores()).stream()
                .map(record -> EventSerdes.score().deserializer().deserialize("", record.value()))
                .toList();
        List<ShadowScoreEvent> pairs = deployment.committed(deployment.topics().shadowScores()).stream()
                .map(CompareCommandIT::pair)
                .toList();
        assertThat(scores)
                .hasSize(images.size())
                .allMatch(score -> score.model().version().equals(champion));
        assertThat(pairs).hasSize(images.size());
        assertThat(pairs)
                .extracting(pair -> pair.source() + pair.champion().verdict())
                .containsExactlyInAnyOrderElementsOf(scores.stream()
                        .map(score -> score.source() + score.verdict())
                        .toList());

        long alarms = scores.stream().filter(ScoreEvent::anomalous).count();
        long more = pairs.stream().filter(pair -> pair.challenger().anomalous()).count();
        assertThat(alarms).isBetween((long) CLOTHES, more - 1);
        JsonNode compared = compare(deployment, champion, version, "--json").json();
        assertThat(compared.get("images").asLong()).isEqualTo(images.size());
        assertThat(compared.at("/alarms/a").asLong()).isEqualTo(alarms);
        assertThat(compared.at("/alarms/b").asLong()).isEqualTo(more);
        assertThat(compared.at("/alarms/added").asLong()).isEqualTo(more - alarms);
        assertThat(compared.at("/alarms/removed").asLong()).isZero();
        assertThat(compared.at("/alarms/difference/value").asDouble())
                .isCloseTo((double) (more - alarms) / images.size(), within(1e-12));
        assertThat(compared.at("/pValueDifference/upper").asDouble()).isNegative();

        JsonNode swapped = compare(deployment, version, champion, "--json").json();
        assertThat(swapped.at("/alarms/removed").asLong()).isEqualTo(more - alarms);
        assertThat(swapped.at("/alarms/added").asLong()).isZero();
        assertThat(swapped.at("/alarms/difference/value").asDouble()).isNegative();
        assertThat(swapped.at("/pValueDifference/lower").asDouble()).isPositive();

        Comparing table = compare(deployment, champion, version);
        assertThat(table.out())
                .contains(
                        "images compared     " + images.size() + "\n",
                        "Added by B, the clearest first:",
                        deployment.topics().images() + "-")
                .doesNotContain("Removed by B", "unreadable");
    }

    @Test
    void takesInWhatIsAskedFor() throws Exception {
        Deployment deployment = broker.another("asked");
        Instant now = Instant.now();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        // Every second image adds an alarm; in every third B was the champion.
        for (int i = 0; i < 30; i++) {
            ModelScore a = score(A, 0.5);
            ModelScore b = score(B, i % 2 == 0 ? 0.001 : 0.5);
            boolean swapped = i % 3 == 0;
            records.add(record(deployment, i, now.minusSeconds(600L * (30 - i)), swapped ? b : a, swapped ? a : b));
        }
        records.add(record(deployment, 30, now, score(A, 0.5), score("cccccccccccc", 0.001)));
        records.add(new ProducerRecord<>(
                deployment.topics().shadowScores(), null, now.toEpochMilli(), new byte[0], "odd".getBytes(UTF_8)));
        deployment.send(records);

        JsonNode all = compare(deployment, A, B, "--json").json();
        JsonNode last = compare(deployment, A, B, "--last", "5", "--json").json();
        JsonNode recent = compare(deployment, A, B, "--since", "105m", "--json").json();

        assertThat(all.get("images").asLong()).isEqualTo(30);
        assertThat(all.at("/alarms/added").asLong()).isEqualTo(15);
        assertThat(all.at("/alarms/removed").asLong()).isZero();
        assertThat(all.get("unreadable").asLong()).isEqualTo(1);
        assertThat(all.get("added")).hasSize(10);
        assertThat(all.at("/added/0/a/pValue").asDouble()).isEqualTo(0.5);
        assertThat(all.at("/added/0/b/pValue").asDouble()).isEqualTo(0.001);
        assertThat(last.get("images").asLong()).isEqualTo(5);
        assertThat(last.get("added"))
                .extracting(example -> example.get("id").asString())
                .containsExactlyInAnyOrder("image-26", "image-28");
        assertThat(recent.get("images").asLong()).isEqualTo(10);
        assertThat(recent.get("added"))
                .extracting(example -> example.get("id").asString())
                .containsExactlyInAnyOrder("image-20", "image-22", "image-24", "image-26", "image-28");
        assertThat(compare(deployment, A, B).out()).containsPattern("unreadable records +1");
    }

    @Test
    void saysWhatToDoWhenNothingWasCompared() throws Exception {
        Deployment deployment = broker.another("nothing");

        Comparing empty = compare(deployment, A, B);
        assertThat(empty.code()).isEqualTo(Main.FAILED);
        assertThat(empty.out()).isEmpty();
        assertThat(empty.err()).contains(A, B, "AFTERIMAGE_CHALLENGER");

        deployment.send(List.of(record(deployment, 0, Instant.now(), score(A, 0.5), score("cccccccccccc", 0.5))));
        Comparing others = compare(deployment, A, B, "--json");
        assertThat(others.code()).isEqualTo(Main.FAILED);
        assertThat(others.err()).contains("there are shadow scores of " + A + " and cccccccccccc");

        List<String> elsewhere = new ArrayList<>(List.of(A, B, "--topic-prefix", "absent"));
        elsewhere.addAll(deployment.broker().flags());
        Comparing absent = Comparing.run(elsewhere.toArray(String[]::new));
        assertThat(absent.code()).isEqualTo(Main.FAILED);
        assertThat(absent.err()).contains("absent.shadow-scores", "afterimage topics create");
    }

    private static Comparing compare(Deployment deployment, String... args) {
        return Comparing.run(deployment.command(args));
    }

    private static ModelScore score(String version, double pValue) {
        return new ModelScore("digits", version, 1, pValue, pValue <= 0.01 ? "anomalous" : "normal");
    }

    private static ProducerRecord<byte[], byte[]> record(
            Deployment deployment, int i, Instant time, ModelScore champion, ModelScore challenger) {
        String stream = "camera-" + i % 4;
        ShadowScoreEvent event = new ShadowScoreEvent(
                "image-" + i,
                stream,
                new ScoreEvent.Source("asked.images", i % 3, i),
                time.toString(),
                0.01,
                champion,
                challenger);
        return new ProducerRecord<>(
                deployment.topics().shadowScores(),
                null,
                time.toEpochMilli(),
                stream.getBytes(UTF_8),
                EventSerdes.shadowScore().serializer().serialize("", event));
    }

    private static ShadowScoreEvent pair(ConsumerRecord<byte[], byte[]> record) {
        return EventSerdes.shadowScore().deserializer().deserialize("", record.value());
    }
}
