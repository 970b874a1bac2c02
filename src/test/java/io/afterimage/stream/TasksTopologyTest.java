package io.afterimage.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.config.Configuration;
import io.afterimage.config.EmbeddingFormat;
import io.afterimage.config.PublishPolicy;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.InputTensor;
import io.afterimage.image.PngEncoder;
import io.afterimage.image.Raster;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.Enlarger;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.PictureModel;
import io.afterimage.model.ScoringModel;
import io.afterimage.train.TinyModels;
import io.afterimage.wire.EmbeddingEvent;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.EventType;
import io.afterimage.wire.ScoreEvent;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology with models for denoising and enlarging beside the shipped one: what one image causes. */
class TasksTopologyTest {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:30Z");
    private static final ImageDecoder DECODER = new ImageDecoder(ImageLimits.DEFAULT);
    private static final byte[] DIGIT =
            ShippedImages.pngs(1, ShippedImages.DIGITS).get(0);
    private static final byte[] SHOE =
            ShippedImages.pngs(1, ShippedImages.FASHION).get(0);

    private static ScoringModel scoring;
    private static PictureModel denoising;
    private static PictureModel upscaling;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() throws Exception {
        scoring = ScoringModel.load(ModelArtifact.builtin());
        denoising = PictureModel.load(TinyModels.denoising("clean", 1));
        upscaling = PictureModel.load(TinyModels.upscaling("large", 1));
    }

    @AfterAll
    static void unload() {
        scoring.close();
        denoising.close();
        upscaling.close();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void theDenoisingModelMakesTheReconstructions() throws Exception {
        TopologyTestDriver driver = driver(Map.of("reconstructions", "all", "heatmaps", "all", "upscaled", "none"));

        image(driver, DIGIT);

        float[] pixels = new float[2 * denoising.shape().size()];
        InputTensor.write(DECODER.decode(DIGIT, null), denoising.shape(), pixels, 0);
        float[] clean = denoising.apply(pixels, 2, 28, 28);
        TestRecord<byte[], byte[]> record = only(driver, TOPICS.reconstructions());
        assertThat(record.value()).isEqualTo(new PngEncoder().encode(InputTensor.read(clean, 0, denoising.shape())));
        assertThat(text(record.headers()))
                .containsEntry("ce_type", "io.afterimage.reconstruction.v1")
                .containsEntry("ce_modelname", "clean")
                .containsEntry("ce_modelversion", denoising.manifest().version())
                .containsEntry("ce_verdict", "normal");
        assertThat(text(only(driver, TOPICS.heatmaps()).headers())).containsEntry("ce_modelname", "digits");
        assertThat(read(driver, TOPICS.upscaled())).isEmpty();
        assertThat(made("denoise")).isEqualTo(1);
    }

    @Test
    void picturesDoNotDependOnTheBatch() {
        Configuration configuration = configuration(Map.of("reconstructions", "all"));
        ImageScorer scorer = ImageScorer.of(
                configuration.service(),
                models(Optional.of(denoising), Optional.of(upscaling)),
                1 << 20,
                new ScoringMetrics(registry, 0.01));
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (byte[] png : ShippedImages.pngs(67, ShippedImages.DIGITS)) {
            records.add(new ConsumerRecord<>(TOPICS.images(), 0, records.size(), null, png));
        }
        List<Outcome> together = scorer.score(records);
        for (int size : new int[] {1, 2, 7, 33}) {
            for (int from = 0; from < records.size(); from += size) {
                List<Outcome> some = scorer.score(records.subList(from, Math.min(records.size(), from + size)));
                for (int i = 0; i < some.size(); i++) {
                    for (EventType type : List.of(EventType.RECONSTRUCTION, EventType.UPSCALED)) {
                        assertThat(payload(some.get(i), type))
                                .as("%s of image %d in a batch of %d", type, from + i, size)
                                .isEqualTo(payload(together.get(from + i), type));
                    }
                }
            }
        }
    }

    private static byte[] payload(Outcome outcome, EventType type) {
        return ((Outcome.Scored) outcome)
                .products().stream()
                        .filter(product -> product.type() == type)
                        .findFirst()
                        .orElseThrow()
                        .payload();
    }

    @Test
    void anImageIsEnlargedAsItCame() throws Exception {
        TopologyTestDriver driver = driver(Map.of());
        byte[] odd = png(noise(37, 53, 3));

        image(driver, odd);
        image(driver, DIGIT);

        List<TestRecord<byte[], byte[]>> records = read(driver, TOPICS.upscaled());
        Raster large = DECODER.decode(records.get(0).value(), "image/png");
        assertThat(List.of(large.channels(), large.height(), large.width())).containsExactly(1, 106, 74);
        assertThat(large.samples())
                .isEqualTo(new Enlarger(upscaling)
                        .enlarge(List.of(DECODER.decode(odd, null)))
                        .get(0)
                        .samples());
        assertThat(text(records.get(0).headers()))
                .containsEntry("ce_type", "io.afterimage.upscaled.v1")
                .containsEntry("ce_source", "/afterimage/upscaled/camera-1")
                .containsEntry("ce_modelname", "large")
                .containsEntry("ce_modelversion", upscaling.manifest().version())
                .containsEntry("content-type", "image/png");
        assertThat(records).hasSize(2);
        assertThat(made("super-resolve")).isEqualTo(2);
    }

    @Test
    void picturesKeepTheirPolicies() {
        TopologyTestDriver driver = driver(Map.of("reconstructions", "anomalous", "upscaled", "anomalous"));

        image(driver, DIGIT);
        image(driver, SHOE);

        for (String topic : List.of(TOPICS.reconstructions(), TOPICS.upscaled())) {
            assertThat(text(only(driver, topic).headers())).as(topic).containsEntry("ce_verdict", "anomalous");
        }
    }

    @Test
    void anImageThatIsTooLargeIsScoredAndNotEnlarged() {
        TopologyTestDriver driver = driver(Map.of("upscale.max.pixels", "783"));

        image(driver, DIGIT);

        assertThat(read(driver, TOPICS.scores())).hasSize(1);
        assertThat(read(driver, TOPICS.upscaled())).isEmpty();
        assertThat(failed("super-resolve")).isEqualTo(1);
    }

    @Test
    void aPictureThatItsTopicDoesNotTakeIsNotSent() {
        TopologyTestDriver driver = driver(Map.of(), 500);

        image(driver, png(noise(64, 64, 1)));

        assertThat(read(driver, TOPICS.scores())).hasSize(1);
        assertThat(read(driver, TOPICS.upscaled())).isEmpty();
        assertThat(failed("super-resolve")).isEqualTo(1);
    }

    @Test
    void aModelThatFailsCostsNoVerdict() throws Exception {
        PictureModel broken = PictureModel.load(TinyModels.upscaling("broken", 2));
        PictureModel alsoBroken = PictureModel.load(TinyModels.denoising("also-broken", 2));
        broken.close();
        alsoBroken.close();
        TopologyTestDriver driver =
                driver(Map.of("reconstructions", "all"), 1 << 20, models(Optional.of(alsoBroken), Optional.of(broken)));

        image(driver, DIGIT);

        assertThat(read(driver, TOPICS.scores())).hasSize(1);
        assertThat(read(driver, TOPICS.deadLetters())).isEmpty();
        assertThat(read(driver, TOPICS.upscaled())).isEmpty();
        assertThat(read(driver, TOPICS.reconstructions())).isEmpty();
        assertThat(failed("super-resolve")).isEqualTo(1);
        assertThat(failed("denoise")).isEqualTo(1);
    }

    @Test
    void aBatchTakesOnlyAsMuchEnlargingAsItsTimeAllows() {
        ImageScorer.Publications publications = new ImageScorer.Publications(
                new PublishPolicy.None(),
                new PublishPolicy.None(),
                new PublishPolicy.All(),
                new PublishPolicy.None(),
                EmbeddingFormat.JSON);
        PictureTasks tasks = new PictureTasks(
                models(Optional.empty(), Optional.of(upscaling)),
                publications,
                new PictureTasks.Limits(512 * 512, 1 << 20),
                new ScoringMetrics(registry, 0.01));
        Raster large = new Raster(512, 512, 1, new byte[512 * 512]);
        Raster tooLarge = new Raster(513, 512, 1, new byte[513 * 512]);
        Raster small = new Raster(28, 28, 1, new byte[28 * 28]);
        try (PictureTasks.Batch batch = tasks.begin(64)) {
            int taken = 0;
            while (taken < 64 && batch.add("an id", large, taken)) {
                taken++;
            }
            // 2,088 multiplications a pixel.
            assertThat(taken).isEqualTo((int) (30e9 / (512 * 512 * 2088.0)));
            assertThat(batch.add("an id", small, taken)).isTrue();
            assertThat(batch.add("an id", tooLarge, taken + 1)).isTrue();
        }
        try (PictureTasks.Batch alone = tasks.begin(1)) {
            assertThat(alone.add("an id", large, 0)).isTrue();
        }
    }

    @Test
    void whatWasPostponedIsComputedAlone() {
        Configuration configuration = configuration(Map.of());
        ScoringMetrics metrics = new ScoringMetrics(registry, 0.01);
        ImageScorer scorer = ImageScorer.of(
                configuration.service(), models(Optional.empty(), Optional.of(upscaling)), 1 << 20, metrics);
        LookAhead<Outcome> lookAhead = new LookAhead<>(
                TOPICS.images(),
                64,
                1,
                Duration.ofSeconds(60),
                records -> records.size() == 1
                        ? scorer.score(records)
                        : List.of(scorer.score(records).get(0), new Outcome.Postponed()),
                metrics);
        opened.add(lookAhead);
        TopologyTestDriver driver = new TopologyTestDriver(
                ScoringTopology.of(TOPICS, lookAhead, 1 << 20, metrics, () -> {}),
                StreamsProperties.of(configuration),
                NOW);
        opened.add(driver);
        List<ConsumerRecord<byte[], byte[]>> poll = List.of(
                new ConsumerRecord<>(TOPICS.images(), 0, 0, null, DIGIT),
                new ConsumerRecord<>(TOPICS.images(), 0, 1, null, SHOE));
        lookAhead.submit(new ConsumerRecords<>(Map.of(new TopicPartition(TOPICS.images(), 0), poll), Map.of()));

        image(driver, DIGIT);
        image(driver, SHOE);

        assertThat(read(driver, TOPICS.scores())).hasSize(2);
        assertThat(read(driver, TOPICS.upscaled())).hasSize(2);
        assertThat(metricOf("afterimage_lookahead_results_total{outcome=\"hit\"}"))
                .isEqualTo(2);
    }

    @Test
    void noPictureIsOfAnOlderModelThanTheOneBefore() {
        Generations first = new Generations(3, 5, 7);
        assertThat(first.behind(first)).isFalse();
        assertThat(first.behind(Generations.NONE)).isFalse();
        assertThat(new Generations(2, 9, 9).behind(first)).isTrue();
        assertThat(new Generations(9, 4, 9).behind(first)).isTrue();
        assertThat(new Generations(9, 9, 6).behind(first)).isTrue();
        assertThat(new Generations(4, 5, 7).behind(first)).isFalse();
    }

    @Test
    void aBareVectorLosesNothing() {
        TopologyTestDriver json = driver(Map.of("embeddings", "all", "upscaled", "none"));
        image(json, DIGIT);
        EmbeddingEvent event = EventSerdes.embedding()
                .deserializer()
                .deserialize("", only(json, TOPICS.embeddings()).value());
        ScoreEvent score = EventSerdes.score()
                .deserializer()
                .deserialize("", only(json, TOPICS.scores()).value());
        TopologyTestDriver binary = driver(
                Map.of("embeddings", "all", "embeddings.format", "binary", "upscaled", "none"),
                1 << 20,
                models(Optional.empty(), Optional.empty()),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        image(binary, DIGIT);

        TestRecord<byte[], byte[]> record = only(binary, TOPICS.embeddings());

        float[] vector = new float[record.value().length / Float.BYTES];
        ByteBuffer.wrap(record.value())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(vector);
        assertThat(vector).isEqualTo(event.vector());
        Map<String, String> headers = text(record.headers());
        assertThat(headers)
                .containsEntry("content-type", EventType.EMBEDDING_VECTOR.contentType())
                .containsEntry("ce_type", "io.afterimage.embedding.v1");
        assertThat(new EmbeddingEvent(
                        headers.getOrDefault("ce_id", ""),
                        headers.getOrDefault("ce_subject", ""),
                        new ScoreEvent.Source(
                                headers.getOrDefault("ce_imagetopic", ""),
                                Integer.parseInt(headers.getOrDefault("ce_imagepartition", "")),
                                Long.parseLong(headers.getOrDefault("ce_imageoffset", ""))),
                        headers.getOrDefault("ce_time", ""),
                        new ScoreEvent.Model(
                                headers.getOrDefault("ce_modelname", ""), headers.getOrDefault("ce_modelversion", "")),
                        event.vector()))
                .isEqualTo(event);
        assertThat(event.id()).isEqualTo(score.id());
    }

    private static ServedModels models(Optional<PictureModel> denoiser, Optional<PictureModel> upscaler) {
        return ServedModels.of(new CurrentModel<>(scoring, 0), new Challenger())
                .withDenoising(denoiser.map(model -> new CurrentModel<>(model, 0)))
                .withUpscaling(upscaler.map(model -> new CurrentModel<>(model, 0)));
    }

    private TopologyTestDriver driver(Map<String, String> settings) {
        return driver(settings, 1 << 20);
    }

    private TopologyTestDriver driver(Map<String, String> settings, int upscaledMaxBytes) {
        return driver(settings, upscaledMaxBytes, models(Optional.of(denoising), Optional.of(upscaling)));
    }

    private TopologyTestDriver driver(Map<String, String> settings, int upscaledMaxBytes, ServedModels models) {
        return driver(settings, upscaledMaxBytes, models, registry);
    }

    private TopologyTestDriver driver(
            Map<String, String> settings, int upscaledMaxBytes, ServedModels models, PrometheusMeterRegistry registry) {
        ScoringMetrics metrics = new ScoringMetrics(registry, 0.01);
        Configuration configuration = configuration(settings);
        ImageScorer scorer = ImageScorer.of(configuration.service(), models, upscaledMaxBytes, metrics);
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

    private Configuration configuration(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "kafka.bootstrap.servers",
                "127.0.0.1:1",
                "afterimage.state.dir",
                directory.resolve("state-" + opened.size()).toString()));
        settings.forEach((key, value) -> all.put("afterimage." + key, value));
        return Configuration.load(all, null);
    }

    private static void image(TopologyTestDriver driver, byte[] encoded) {
        driver.createInputTopic(TOPICS.images(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput("camera-1".getBytes(UTF_8), encoded, NOW);
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

    private static Map<String, String> text(Headers headers) {
        Map<String, String> text = new LinkedHashMap<>();
        headers.forEach(header -> text.put(header.key(), new String(header.value(), UTF_8)));
        return text;
    }

    private double made(String task) {
        return metricOf("afterimage_task_pictures_total{task=\"" + task + "\"}");
    }

    private double failed(String task) {
        return metricOf("afterimage_task_failures_total{task=\"" + task + "\"}");
    }

    private double metricOf(String series) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .sum();
    }

    private static byte[] png(Raster raster) {
        return new PngEncoder().encode(raster);
    }

    private static Raster noise(int width, int height, int channels) {
        byte[] samples = new byte[width * height * channels];
        new Random(width).nextBytes(samples);
        return new Raster(width, height, channels, samples);
    }
}
