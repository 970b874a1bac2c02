package io.afterimage.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.config.Configuration;
import io.afterimage.config.PublishPolicy;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.InputTensor;
import io.afterimage.image.Raster;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Analysis;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ScoringModel;
import io.afterimage.wire.DeadLetter;
import io.afterimage.wire.EmbeddingEvent;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ScoreEvent;
import io.afterimage.wire.ShadowScoreEvent;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The topology with the shipped model: what one image causes on each topic and in the store. */
class ScoringTopologyTest {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:30Z");
    private static final Instant MINUTE = Instant.parse("2026-03-01T12:00:00Z");
    private static final byte[] DIGIT =
            ShippedImages.pngs(1, ShippedImages.DIGITS).get(0);
    private static final byte[] SHOE =
            ShippedImages.pngs(1, ShippedImages.FASHION).get(0);
    private static final ImageDecoder DECODER = new ImageDecoder(ImageLimits.DEFAULT);

    private static ScoringModel model;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Challenger challenger = new Challenger();

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() throws Exception {
        model = ScoringModel.load(ModelArtifact.builtin());
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void aNormalImageGetsAScoreThatNamesAllItRestsOn() throws Exception {
        TopologyTestDriver driver = driver("none", "none", "none");
        Headers headers = new RecordHeaders()
                .add("ce_id", "frame-7".getBytes(UTF_8))
                .add("ce_time", "2026-03-01T11:59:59.25Z".getBytes(UTF_8))
                .add("content-type", "image/png".getBytes(UTF_8));

        images(driver).pipeInput(new TestRecord<>("camera-1".getBytes(UTF_8), DIGIT, headers, NOW));

        TestRecord<byte[], byte[]> record = only(driver, TOPICS.scores());
        assertThat(record.key()).isEqualTo("camera-1".getBytes(UTF_8));
        assertThat(record.timestamp()).isEqualTo(NOW.toEpochMilli());
        ScoreEvent score = score(record);
        Analysis alone = analysis(DIGIT);
        assertThat(score)
                .isEqualTo(new ScoreEvent(
                        "frame-7",
                        "camera-1",
                        new ScoreEvent.Source(TOPICS.images(), 0, 0),
                        "2026-03-01T11:59:59.250Z",
                        new ScoreEvent.Model("digits", model.manifest().version()),
                        alone.score(),
                        score.parts(),
                        alone.pValue(),
                        0.01,
                        "normal"));
        assertThat(score.parts().keySet())
                .containsExactly(model.recipe().parts().stream()
                        .map(part -> part.label())
                        .toArray(String[]::new));
        assertThat(text(record.headers()))
                .containsEntry("ce_id", "frame-7")
                .containsEntry("ce_type", "io.afterimage.score.v1")
                .containsEntry("ce_source", "/afterimage/score/camera-1")
                .containsEntry("ce_subject", "camera-1")
                .containsEntry("ce_time", "2026-03-01T11:59:59.250Z")
                .containsEntry("ce_verdict", "normal")
                .containsEntry("ce_modelversion", model.manifest().version())
                .containsEntry("content-type", "application/json");
        for (String topic : List.of(
                TOPICS.anomalies(),
                TOPICS.reconstructions(),
                TOPICS.heatmaps(),
                TOPICS.embeddings(),
                TOPICS.deadLetters(),
                TOPICS.shadowScores())) {
            assertThat(read(driver, topic)).as(topic).isEmpty();
        }
    }

    @Test
    void anAnomalousImageLeavesItsVerdictAndPictures() throws Exception {
        TopologyTestDriver driver = driver("anomalous", "anomalous", "none");

        images(driver).pipeInput("camera-1".getBytes(UTF_8), SHOE, NOW);

        TestRecord<byte[], byte[]> record = only(driver, TOPICS.scores());
        assertThat(score(record).anomalous()).isTrue();
        TestRecord<byte[], byte[]> anomaly = only(driver, TOPICS.anomalies());
        assertThat(anomaly.value()).isEqualTo(record.value());
        assertThat(text(anomaly.headers()))
                .containsEntry("ce_type", "io.afterimage.anomaly.v1")
                .containsEntry("ce_verdict", "anomalous");
        for (String kind : List.of("reconstruction", "heatmap")) {
            TestRecord<byte[], byte[]> picture =
                    only(driver, kind.equals("heatmap") ? TOPICS.heatmaps() : TOPICS.reconstructions());
            Raster raster = DECODER.decode(picture.value(), "image/png");
            assertThat(List.of(raster.channels(), raster.height(), raster.width()))
                    .as(kind)
                    .containsExactly(1, 28, 28);
            assertThat(picture.key()).isEqualTo(record.key());
            assertThat(text(picture.headers()))
                    .containsEntry("ce_id", score(record).id())
                    .containsEntry("ce_type", "io.afterimage." + kind + ".v1")
                    .containsEntry("content-type", "image/png");
        }
    }

    @ParameterizedTest
    @CsvSource({"all", "none", "anomalous", "sampled:0.5"})
    void picturesAndVectorsKeepTheirPolicies(String policy) {
        TopologyTestDriver driver = driver(policy, policy, policy);
        TestInputTopic<byte[], byte[]> images = images(driver);
        for (byte[] digit : ShippedImages.pngs(12, ShippedImages.DIGITS)) {
            images.pipeInput(null, digit, NOW);
        }
        images.pipeInput(null, SHOE, NOW);

        List<ScoreEvent> scores = read(driver, TOPICS.scores()).stream()
                .map(ScoringTopologyTest::score)
                .toList();
        assertThat(scores).hasSize(13);
        PublishPolicy published = PublishPolicy.parse(policy);
        List<String> wanted = scores.stream()
                .filter(score -> published.selects(score.id(), score.anomalous()))
                .map(ScoreEvent::id)
                .toList();
        assertThat(wanted).hasSizeBetween(policy.equals("none") ? 0 : 1, policy.equals("all") ? 13 : 12);
        for (String topic : List.of(TOPICS.reconstructions(), TOPICS.heatmaps(), TOPICS.embeddings())) {
            assertThat(read(driver, topic).stream()
                            .map(record -> text(record.headers()).get("ce_id")))
                    .as(topic)
                    .containsExactlyElementsOf(wanted);
        }
    }

    @Test
    void anEmbeddingIsTheLatentVector() throws Exception {
        TopologyTestDriver driver = driver("none", "none", "all");

        images(driver).pipeInput(null, DIGIT, NOW);

        TestRecord<byte[], byte[]> record = only(driver, TOPICS.embeddings());
        EmbeddingEvent embedding = EventSerdes.embedding().deserializer().deserialize("", record.value());
        assertThat(embedding.vector()).isNotEmpty().isEqualTo(analysis(DIGIT).latent());
        assertThat(embedding.id())
                .isEqualTo(score(only(driver, TOPICS.scores())).id());
    }

    @Test
    void aDeadLetterIsTheRecordAsItCameWithAReason() {
        TopologyTestDriver driver = driver("all", "all", "all");
        byte[] key = "camera-1".getBytes(UTF_8);
        byte[] value = "no picture".getBytes(UTF_8);
        Headers headers =
                new RecordHeaders().add("ce_id", "frame-7".getBytes(UTF_8)).add("trace", new byte[] {0, -1});

        images(driver).pipeInput(new TestRecord<>(key, value, headers, NOW));

        TestRecord<byte[], byte[]> letter = only(driver, TOPICS.deadLetters());
        assertThat(letter.key()).isEqualTo(key);
        assertThat(letter.value()).isEqualTo(value);
        assertThat(letter.headers().lastHeader("trace").value()).containsExactly(0, -1);
        assertThat(text(letter.headers()))
                .containsEntry("ce_id", "frame-7")
                .containsEntry(DeadLetter.REASON, "unknown-format")
                .containsEntry(DeadLetter.TOPIC, TOPICS.images())
                .containsEntry(DeadLetter.PARTITION, "0")
                .containsEntry(DeadLetter.OFFSET, "0")
                .containsKey(DeadLetter.MESSAGE)
                .doesNotContainKey(DeadLetter.TRUNCATED);
        for (String topic : TOPICS.all()) {
            if (!topic.equals(TOPICS.images()) && !topic.equals(TOPICS.deadLetters())) {
                assertThat(read(driver, topic)).as(topic).isEmpty();
            }
        }
        assertThat(minutes(driver)).isEmpty();
    }

    @Test
    void countsEachStreamByTheMinute() {
        TopologyTestDriver driver = driver("none", "none", "none");
        TestInputTopic<byte[], byte[]> images = images(driver);
        byte[] one = "camera-1".getBytes(UTF_8);
        byte[] two = "camera-2".getBytes(UTF_8);
        images.pipeInput(one, DIGIT, MINUTE);
        images.pipeInput(one, SHOE, MINUTE.plusMillis(59_999));
        images.pipeInput(two, DIGIT, MINUTE.plusSeconds(5));
        images.pipeInput(one, DIGIT, MINUTE.minusMillis(1));

        double digit = 0;
        double shoe = 0;
        for (TestRecord<byte[], byte[]> record : read(driver, TOPICS.scores())) {
            ScoreEvent score = score(record);
            if (score.anomalous()) {
                shoe = score.score();
            } else {
                digit = score.score();
            }
        }
        assertThat(minutes(driver))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "camera-1 " + MINUTE, new StreamMinute(2, 1, digit + shoe),
                        "camera-2 " + MINUTE, new StreamMinute(1, 0, digit),
                        "camera-1 " + MINUTE.minusSeconds(60), new StreamMinute(1, 0, digit)));
    }

    @Test
    void aTimestampFromTheFutureWipesNothing() {
        TopologyTestDriver driver = driver("none", "none", "none");
        TestInputTopic<byte[], byte[]> images = images(driver);
        byte[] key = "camera-1".getBytes(UTF_8);
        images.pipeInput(key, DIGIT, MINUTE.minus(Duration.ofHours(2)));

        images.pipeInput(key, DIGIT, Instant.parse("9999-01-01T00:00:00Z"));
        images.pipeInput(key, DIGIT, MINUTE.minus(Duration.ofHours(1)));

        assertThat(minutes(driver).keySet())
                .containsExactlyInAnyOrder(
                        "camera-1 " + MINUTE.minus(Duration.ofHours(2)),
                        "camera-1 " + MINUTE.minus(Duration.ofHours(1)),
                        "camera-1 " + MINUTE);
        assertThat(read(driver, TOPICS.scores()))
                .extracting(TestRecord::getRecordTime)
                .hasSize(3)
                .allMatch(time -> !time.isAfter(Instant.now()));
    }

    @Test
    void anImageWithoutKeyBelongsToTheDefaultStream() {
        TopologyTestDriver driver = driver("none", "none", "none");

        images(driver).pipeInput(null, DIGIT, NOW);

        TestRecord<byte[], byte[]> record = only(driver, TOPICS.scores());
        assertThat(record.key()).isEqualTo("default".getBytes(UTF_8));
        assertThat(score(record).stream()).isEqualTo("default");
        assertThat(score(record).id()).isEqualTo(TOPICS.images() + "-0-0");
        assertThat(minutes(driver)).containsOnlyKeys("default " + MINUTE);
    }

    @Test
    void neverGoesBackToAnOlderModel() {
        ScoringMetrics metrics = new ScoringMetrics(registry, 0.01);
        Configuration configuration = configuration("none", "none", "none");
        AtomicInteger calls = new AtomicInteger();
        // The second batch began with the old model although the first had the new one already.
        long[] generations = {2, 1, 2};
        ImageScorer scorer = ImageScorer.of(
                configuration.service(), ServedModels.of(new CurrentModel<>(model, 0), challenger), 0, metrics);
        LookAhead<Outcome> lookAhead = new LookAhead<>(
                TOPICS.images(),
                1,
                1,
                Duration.ofSeconds(30),
                records -> List.of(of(
                        generations[calls.getAndIncrement()],
                        scorer.score(records).get(0))),
                metrics);
        opened.add(lookAhead);
        AtomicInteger caughtUp = new AtomicInteger();
        TopologyTestDriver driver = new TopologyTestDriver(
                ScoringTopology.of(TOPICS, lookAhead, 1 << 20, metrics, caughtUp::incrementAndGet),
                StreamsProperties.of(configuration),
                NOW);
        opened.add(driver);
        assertThat(caughtUp).hasValue(1);
        TopicPartition partition = new TopicPartition(TOPICS.images(), 0);
        List<ConsumerRecord<byte[], byte[]>> poll = List.of(
                new ConsumerRecord<>(TOPICS.images(), 0, 0, null, DIGIT),
                new ConsumerRecord<>(TOPICS.images(), 0, 1, null, DIGIT));
        lookAhead.submit(new ConsumerRecords<>(Map.of(partition, poll), Map.of()));

        images(driver).pipeInput(DIGIT);
        images(driver).pipeInput(DIGIT);

        assertThat(read(driver, TOPICS.scores())).hasSize(2);
        assertThat(calls).hasValue(3);
    }

    @Test
    void aChallengersOpinionGoesToATopicOfItsOwn() throws Exception {
        challenger.enter(ScoringModel.load(suspicious()));
        opened.add(challenger);
        TopologyTestDriver driver = driver("none", "none", "none");

        images(driver).pipeInput("camera-1".getBytes(UTF_8), DIGIT, NOW);

        TestRecord<byte[], byte[]> record = only(driver, TOPICS.scores());
        assertThat(score(record).verdict()).isEqualTo("normal");
        assertThat(read(driver, TOPICS.anomalies())).isEmpty();
        TestRecord<byte[], byte[]> shadow = only(driver, TOPICS.shadowScores());
        assertThat(shadow.key()).isEqualTo(record.key());
        assertThat(shadow.getRecordTime()).isEqualTo(NOW);
        ShadowScoreEvent pair = EventSerdes.shadowScore().deserializer().deserialize("", shadow.value());
        assertThat(pair.champion())
                .isEqualTo(ShadowScoreEvent.of(score(record), pair.challenger()).champion());
        assertThat(pair.challenger().verdict()).isEqualTo("anomalous");
        assertThat(text(shadow.headers()))
                .containsEntry("ce_type", "io.afterimage.shadow-score.v1")
                .containsEntry("ce_source", "/afterimage/shadow-score/camera-1")
                .containsEntry("ce_verdict", "normal")
                .containsEntry("ce_modelversion", model.manifest().version())
                .containsEntry("content-type", "application/json");
    }

    @Test
    void aChallengerThatFailsChangesNothing() throws Exception {
        ScoringModel broken = ScoringModel.load(suspicious());
        challenger.enter(broken);
        broken.close();
        TopologyTestDriver driver = driver("none", "none", "none");

        images(driver).pipeInput(null, DIGIT, NOW);

        assertThat(score(only(driver, TOPICS.scores())).pValue())
                .isEqualTo(analysis(DIGIT).pValue());
        assertThat(read(driver, TOPICS.shadowScores())).isEmpty();
        assertThat(read(driver, TOPICS.deadLetters())).isEmpty();
    }

    /** The shipped network, calibrated so that everything is anomalous to it. */
    private static ModelArtifact suspicious() throws Exception {
        ModelArtifact artifact = ModelArtifact.builtin();
        return artifact.withScoring(
                artifact.manifest().scoring(),
                artifact.manifest().calibration().stream()
                        .map(score -> score - 1e6)
                        .toList());
    }

    private static Outcome of(long generation, Outcome outcome) {
        Outcome.Scored scored = (Outcome.Scored) outcome;
        return new Outcome.Scored(scored.score(), scored.json(), List.of(), new Generations(generation, 0, 0));
    }

    private TopologyTestDriver driver(String reconstructions, String heatmaps, String embeddings) {
        ScoringMetrics metrics = new ScoringMetrics(registry, 0.01);
        Configuration configuration = configuration(reconstructions, heatmaps, embeddings);
        ImageScorer scorer = ImageScorer.of(
                configuration.service(), ServedModels.of(new CurrentModel<>(model, 0), challenger), 0, metrics);
        LookAhead<Outcome> lookAhead =
                new LookAhead<>(TOPICS.images(), 64, 1, Duration.ofSeconds(30), scorer::score, metrics);
        TopologyTestDriver driver = new TopologyTestDriver(
                ScoringTopology.of(TOPICS, lookAhead, 1 << 20, metrics, () -> {}),
                StreamsProperties.of(configuration),
                NOW);
        opened.add(driver);
        opened.add(lookAhead);
        return driver;
    }

    private Configuration configuration(String reconstructions, String heatmaps, String embeddings) {
        return Configuration.load(
                Map.of(
                        "kafka.bootstrap.servers", "127.0.0.1:1",
                        "afterimage.state.dir", directory.toString(),
                        "afterimage.reconstructions", reconstructions,
                        "afterimage.heatmaps", heatmaps,
                        "afterimage.embeddings", embeddings),
                null);
    }

    private static TestInputTopic<byte[], byte[]> images(TopologyTestDriver driver) {
        return driver.createInputTopic(TOPICS.images(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static List<TestRecord<byte[], byte[]>> read(TopologyTestDriver driver, String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private static TestRecord<byte[], byte[]> only(TopologyTestDriver driver, String topic) {
        List<TestRecord<byte[], byte[]>> records = read(driver, topic);
        assertThat(records).as(topic).hasSize(1);
        return records.get(0);
    }

    private static ScoreEvent score(TestRecord<byte[], byte[]> record) {
        return EventSerdes.score().deserializer().deserialize("", record.value());
    }

    private static Map<String, String> text(Headers headers) {
        Map<String, String> text = new LinkedHashMap<>();
        headers.forEach(header -> text.put(header.key(), new String(header.value(), UTF_8)));
        return text;
    }

    /** Everything in the store, by stream and beginning of the minute. */
    private static Map<String, StreamMinute> minutes(TopologyTestDriver driver) {
        Map<String, StreamMinute> minutes = new LinkedHashMap<>();
        try (KeyValueIterator<Windowed<String>, StreamMinute> all = driver.<String, StreamMinute>getWindowStore(
                        ScoringTopology.MINUTES)
                .all()) {
            while (all.hasNext()) {
                KeyValue<Windowed<String>, StreamMinute> entry = all.next();
                minutes.put(entry.key.key() + " " + entry.key.window().startTime(), entry.value);
            }
        }
        return minutes;
    }

    private static Analysis analysis(byte[] png) throws Exception {
        float[] pixels = new float[model.shape().size()];
        InputTensor.write(DECODER.decode(png, null), model.shape(), pixels, 0);
        return model.analyse(pixels, 1).get(0);
    }
}
