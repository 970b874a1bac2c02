package io.afterimage.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.config.Configuration;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.Raster;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.GenerativeModel;
import io.afterimage.train.TinyModels;
import io.afterimage.wire.DeadLetter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of requests for new pictures. */
class GenerationTest {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:30Z");
    private static final byte[] KEY = "me".getBytes(UTF_8);
    private static final ImageDecoder DECODER = new ImageDecoder(ImageLimits.DEFAULT);
    private static final int MOST_BYTES = 1 << 20;

    private static GenerativeModel flat;
    private static GenerativeModel deep;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ScoringMetrics metrics = new ScoringMetrics(registry, 0.01);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final AtomicInteger caughtUp = new AtomicInteger();

    @SuppressWarnings("NullAway.Init") // before each test
    private TopologyTestDriver driver;

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() throws Exception {
        flat = GenerativeModel.load(TinyModels.generating("flat", 2, 1));
        deep = GenerativeModel.load(TinyModels.generating("deep", 5, 1));
    }

    @AfterAll
    static void unload() {
        flat.close();
        deep.close();
    }

    @BeforeEach
    void open() {
        driver = driver(flat, MOST_BYTES);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void samplesAreThoseOfTheSeed() throws Exception {
        ask("{'id':'r1','sample':{'count':4,'seed':7}}");

        List<TestRecord<byte[], byte[]>> answers = read(TOPICS.generated());
        assertThat(answers).hasSize(4);
        float[] latents = flat.draw(4, 7);
        float[] pictures = flat.decode(latents, 4);
        for (int i = 0; i < 4; i++) {
            TestRecord<byte[], byte[]> answer = answers.get(i);
            assertThat(answer.key()).isEqualTo(KEY);
            assertThat(answer.getRecordTime()).isEqualTo(NOW);
            assertThat(raster(answer).samples())
                    .isEqualTo(InputTensor.read(pictures, i * 784, flat.shape()).samples());
            Map<String, String> headers = text(answer.headers());
            assertThat(headers)
                    .containsEntry("ce_specversion", "1.0")
                    .containsEntry("ce_id", "r1/" + i)
                    .containsEntry("ce_requestid", "r1")
                    .containsEntry("ce_subject", "r1")
                    .containsEntry("ce_index", "" + i)
                    .containsEntry("ce_count", "4")
                    .containsEntry("ce_type", "io.afterimage.generated.v1")
                    .containsEntry("ce_source", "/afterimage/generated/flat")
                    .containsEntry("ce_time", NOW.toString())
                    .containsEntry("ce_modelname", "flat")
                    .containsEntry("ce_modelversion", flat.manifest().version())
                    .containsEntry("content-type", "image/png")
                    .containsEntry("ce_latent", "[%s,%s]".formatted(latents[2 * i], latents[2 * i + 1]));
        }
        assertThat(caughtUp).hasValue(1);
        assertThat(count("afterimage_task_pictures_total{task=\"generate\"}")).isEqualTo(4);
    }

    @Test
    void theSameRequestGetsTheSamePictures() {
        ask("{'id':'r1','sample':{'count':9,'seed':7}}");
        ask("{'id':'r1','sample':{'count':9,'seed':7}}");
        ask("{'id':'r1','sample':{'count':9,'seed':8}}");

        List<byte[]> files =
                read(TOPICS.generated()).stream().map(TestRecord::value).toList();
        assertThat(files).hasSize(27);
        for (int i = 0; i < 9; i++) {
            assertThat(files.get(9 + i)).isEqualTo(files.get(i));
            assertThat(files.get(18 + i)).isNotEqualTo(files.get(i));
        }
    }

    @Test
    void aLatentVectorInAnAnswerGivesThePictureAgain() {
        ask("{'id':'r1','sample':{'count':1,'seed':7}}");
        TestRecord<byte[], byte[]> sampled = read(TOPICS.generated()).get(0);

        ask("{'decode':{'latent':%s}}".formatted(text(sampled.headers()).get("ce_latent")));

        TestRecord<byte[], byte[]> decoded = read(TOPICS.generated()).get(0);
        assertThat(decoded.value()).isEqualTo(sampled.value());
        assertThat(text(decoded.headers())).containsEntry("ce_requestid", TOPICS.generateRequests() + "-0-1");
    }

    @Test
    void interpolatesThroughTheLatentSpace() throws Exception {
        List<byte[]> digits = ShippedImages.pngs(2, ShippedImages.DIGITS);
        String from = Base64.getEncoder().encodeToString(digits.get(0));
        String to = Base64.getEncoder().encodeToString(digits.get(1));

        ask("{'id':'r1','interpolate':{'from':'%s','to':'%s','steps':3}}".formatted(from, to));

        List<TestRecord<byte[], byte[]>> answers = read(TOPICS.generated());
        assertThat(answers).hasSize(3);
        float[] ends = new float[2 * 784];
        InputTensor.write(DECODER.decode(digits.get(0), null), flat.shape(), ends, 0);
        InputTensor.write(DECODER.decode(digits.get(1), null), flat.shape(), ends, 784);
        float[] means = flat.encode(ends, 2).means();
        float[] middle = {0.5f * means[0] + 0.5f * means[2], 0.5f * means[1] + 0.5f * means[3]};
        assertThat(text(answers.get(0).headers())).containsEntry("ce_latent", json(Arrays.copyOf(means, 2)));
        assertThat(text(answers.get(1).headers())).containsEntry("ce_latent", json(middle));
        assertThat(text(answers.get(2).headers())).containsEntry("ce_latent", json(Arrays.copyOfRange(means, 2, 4)));
        assertThat(answers.get(0).value()).isNotEqualTo(answers.get(2).value());
    }

    @Test
    void aGridIsOnePictureThroughTheQuantiles() throws Exception {
        ask("{'id':'r1','grid':{'side':3}}");

        TestRecord<byte[], byte[]> answer = read(TOPICS.generated()).get(0);
        Raster mosaic = raster(answer);
        assertThat(List.of(mosaic.channels(), mosaic.height(), mosaic.width())).containsExactly(1, 84, 84);
        assertThat(text(answer.headers())).containsEntry("ce_count", "1").doesNotContainKey("ce_latent");
        // Quantiles 1/6, 1/2 and 5/6 of a standard normal distribution.
        float edge = 0.9674216f;
        assertThat(part(mosaic, 1, 1)).isEqualTo(decoded(0, 0));
        assertThat(distance(part(mosaic, 0, 0), decoded(-edge, edge))).isLessThanOrEqualTo(1);
        assertThat(distance(part(mosaic, 0, 2), decoded(edge, edge))).isLessThanOrEqualTo(1);
        assertThat(distance(part(mosaic, 2, 0), decoded(-edge, -edge))).isLessThanOrEqualTo(1);
        assertThat(part(mosaic, 0, 0)).isNotEqualTo(part(mosaic, 2, 2));
        assertThat(part(mosaic, 0, 2)).isNotEqualTo(part(mosaic, 2, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id':'r1','sample':{'count':65,'seed':7}} | invalid-request | sample.count",
                "{'id':'r1','decode':{'latent':[1]}} | invalid-request | 2 values, not 1",
                "{'id':'r1','decode':{'latent':[1,1e99]}} | invalid-request | finite",
                "{'id':'r1','interpolate':{'from':'AAAA','to':'AAAA','steps':2}} | unknown-format | not PNG",
                "no request | invalid-request | not a request"
            })
    void whatCannotBeAnsweredIsADeadLetter(String request, String reason, String message) {
        Headers headers = new RecordHeaders().add("trace", new byte[] {0, -1});
        byte[] value = request.replace('\'', '"').getBytes(UTF_8);

        requests().pipeInput(new TestRecord<>(KEY, value, headers, NOW));
        ask("{'id':'r2','sample':{'count':1,'seed':7}}");

        List<TestRecord<byte[], byte[]>> letters = read(TOPICS.deadLetters());
        assertThat(letters).hasSize(1);
        TestRecord<byte[], byte[]> letter = letters.get(0);
        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isEqualTo(value);
        assertThat(letter.headers().lastHeader("trace").value()).containsExactly(0, -1);
        assertThat(text(letter.headers()))
                .containsEntry(DeadLetter.REASON, reason)
                .containsEntry(DeadLetter.TOPIC, TOPICS.generateRequests())
                .containsEntry(DeadLetter.OFFSET, "0")
                .hasEntrySatisfying(DeadLetter.MESSAGE, told -> assertThat(told).contains(message));
        assertThat(read(TOPICS.generated())).hasSize(1);
        assertThat(count("afterimage_dead_letters_total{reason=\"" + reason + "\"}"))
                .isEqualTo(1);
        assertThat(count("afterimage_task_failures_total{task=\"generate\"}")).isEqualTo(1);
    }

    @Test
    void aGridNeedsTwoDimensions() {
        driver = driver(deep, MOST_BYTES);
        ask("{'id':'r1','grid':{'side':3}}");
        assertThat(text(read(TOPICS.deadLetters()).get(0).headers()))
                .hasEntrySatisfying(DeadLetter.MESSAGE, told -> assertThat(told).contains("have 5"));
    }

    @Test
    void picturesWithTooManyPixelsTogetherAreNotBegun() throws Exception {
        InputShape shape = new InputShape(1, 80, 80);
        try (GenerativeModel large = GenerativeModel.load(TinyModels.generating("large", shape, 2, 1))) {
            driver = driver(large, 2 * PictureGenerator.MOST_PIXELS);
            ask("{'id':'r1','grid':{'side':26}}");
            ask("{'id':'r2','sample':{'count':64,'seed':1}}");
            ask("{'id':'r3','grid':{'side':25}}");
            assertThat(text(read(TOPICS.deadLetters()).get(0).headers()))
                    .containsEntry(DeadLetter.OFFSET, "0")
                    .hasEntrySatisfying(
                            DeadLetter.MESSAGE, told -> assertThat(told).contains("4326400", "4194304"));
            assertThat(read(TOPICS.generated())).hasSize(65);
        }
    }

    @Test
    void aPictureThatItsTopicDoesNotTakeIsRefused() {
        driver = driver(flat, 400);
        ask("{'id':'r1','grid':{'side':8}}");
        assertThat(read(TOPICS.generated())).isEmpty();
        assertThat(text(read(TOPICS.deadLetters()).get(0).headers()))
                .containsEntry(DeadLetter.REASON, "invalid-request");
    }

    @Test
    void aModelThatFailsIsADeadLetter() throws Exception {
        GenerativeModel broken = GenerativeModel.load(TinyModels.generating("broken", 2, 3));
        broken.close();
        driver = driver(broken, MOST_BYTES);
        ask("{'id':'r1','decode':{'latent':[0,0]}}");
        assertThat(text(read(TOPICS.deadLetters()).get(0).headers()))
                .containsEntry(DeadLetter.REASON, "generation-failed");
    }

    @Test
    void requestsAreReadWithoutRegardToTheImages() {
        List<List<String>> sources = topology(flat, MOST_BYTES).describe().subtopologies().stream()
                .map(part -> part.nodes().stream()
                        .filter(TopologyDescription.Source.class::isInstance)
                        .map(TopologyDescription.Node::name)
                        .toList())
                .toList();
        assertThat(sources)
                .containsExactlyInAnyOrder(List.of(ScoringTopology.IMAGES), List.of(ScoringTopology.GENERATE_REQUESTS));
    }

    private TopologyTestDriver driver(GenerativeModel model, int mostBytes) {
        Configuration configuration = Configuration.load(
                Map.of(
                        "kafka.bootstrap.servers",
                        "127.0.0.1:1",
                        "afterimage.state.dir",
                        directory.resolve("state-" + opened.size()).toString()),
                null);
        TopologyTestDriver opening =
                new TopologyTestDriver(topology(model, mostBytes), StreamsProperties.of(configuration), NOW);
        opened.add(opening);
        return opening;
    }

    private Topology topology(GenerativeModel model, int mostBytes) {
        LookAhead<Outcome> noImages =
                new LookAhead<>(TOPICS.images(), 1, 1, Duration.ofSeconds(30), records -> List.of(), metrics);
        opened.add(noImages);
        PictureGenerator generator = new PictureGenerator(new CurrentModel<>(model, 0), DECODER, mostBytes, metrics);
        return ScoringTopology.withGeneration(
                ScoringTopology.of(TOPICS, noImages, 1 << 20, metrics, () -> {}),
                TOPICS,
                () -> new AnswerRequest(generator, 1 << 20, metrics, caughtUp::incrementAndGet));
    }

    private void ask(String request) {
        requests().pipeInput(KEY, request.replace('\'', '"').getBytes(UTF_8), NOW);
    }

    private TestInputTopic<byte[], byte[]> requests() {
        return driver.createInputTopic(TOPICS.generateRequests(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private List<TestRecord<byte[], byte[]>> read(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private static Raster raster(TestRecord<byte[], byte[]> record) throws Exception {
        return DECODER.decode(record.value(), "image/png");
    }

    private static byte[] decoded(float first, float second) {
        return InputTensor.read(flat.decode(new float[] {first, second}, 1), 0, flat.shape())
                .samples();
    }

    /** A picture of a mosaic of digits. */
    private static byte[] part(Raster mosaic, int row, int column) {
        byte[] samples = new byte[784];
        for (int y = 0; y < 28; y++) {
            System.arraycopy(mosaic.samples(), (28 * row + y) * mosaic.width() + 28 * column, samples, 28 * y, 28);
        }
        return samples;
    }

    private static int distance(byte[] a, byte[] b) {
        int most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs((a[i] & 0xFF) - (b[i] & 0xFF)));
        }
        return most;
    }

    private static String json(float[] latent) {
        return "[%s,%s]".formatted(latent[0], latent[1]);
    }

    private static Map<String, String> text(Headers headers) {
        Map<String, String> text = new LinkedHashMap<>();
        headers.forEach(header -> text.put(header.key(), new String(header.value(), UTF_8)));
        return text;
    }

    private double count(String series) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .sum();
    }
}
