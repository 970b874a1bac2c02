package io.afterimage.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.Raster;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Analysis;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.TrainingImages;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.EventType;
import io.afterimage.wire.ShadowScoreEvent;
import io.afterimage.wire.ShadowScoreEvent.ModelScore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a challenger adds to a batch, and what it cannot change. */
class ShadowScorerTest {
    private static final double ALPHA = 0.01;
    private static final int IMAGES = 12;
    private static final ImageDecoder DECODER = new ImageDecoder(ImageLimits.DEFAULT);

    private static ScoringModel champion;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Challenger challenger = new Challenger();
    private ImageScorer scorer;

    @BeforeAll
    static void load() throws Exception {
        champion = ScoringModel.load(ModelArtifact.builtin());
    }

    @BeforeEach
    void open() {
        scorer = scorer(champion, registry);
    }

    private ImageScorer scorer(ScoringModel model, PrometheusMeterRegistry registry) {
        return new ImageScorer(
                ServedModels.of(new CurrentModel<>(model, 0), challenger),
                ALPHA,
                ImageScorer.Publications.NONE,
                new PictureTasks.Limits(0, 0),
                DECODER,
                new ScoringMetrics(registry, ALPHA));
    }

    @AfterAll
    static void unload() {
        champion.close();
    }

    @AfterEach
    void close() {
        challenger.close();
    }

    @Test
    void pairsWhatBothModelsSay() throws Exception {
        List<Outcome> alone = scorer.score(images());
        ScoringModel suspicious = suspicious();
        challenger.enter(suspicious);

        List<Outcome> together = scorer.score(images());

        assertThat(verdicts(together)).isEqualTo(verdicts(alone));
        assertThat(verdicts(scorer(suspicious, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
                        .score(images())))
                .isNotEqualTo(verdicts(alone));
        assertThat(alone).allMatch(outcome -> shadow(outcome) == null);
        for (int i = 0; i < IMAGES; i++) {
            Outcome.Scored scored = (Outcome.Scored) together.get(i);
            ShadowScoreEvent pair = shadow(scored);
            assertThat(pair).isNotNull();
            assertThat(pair)
                    .isEqualTo(ShadowScoreEvent.of(
                            scored.score(),
                            new ModelScore(
                                    "digits",
                                    suspicious.manifest().version(),
                                    pair.challenger().score(),
                                    1.0 / 2401,
                                    "anomalous")));
            assertThat(pair.champion().version()).isEqualTo(champion.manifest().version());
        }
        assertThat(failures()).isZero();
    }

    @Test
    void whatIsNoImageHasNoPair() throws Exception {
        challenger.enter(suspicious());
        List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>(images().subList(0, 3));
        batch.set(1, new ConsumerRecord<>("images", 0, 1, null, "no image".getBytes(UTF_8)));

        List<Outcome> outcomes = scorer.score(batch);

        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Rejected.class);
        for (int i : new int[] {0, 2}) {
            ShadowScoreEvent pair = shadow(outcomes.get(i));
            assertThat(pair).isNotNull();
            assertThat(pair.source().offset()).isEqualTo(i);
            assertThat(pair.champion().score())
                    .isEqualTo(((Outcome.Scored) outcomes.get(i)).score().score());
        }
    }

    @Test
    void aChallengerOfAnotherShapeReadsTheOriginals() throws Exception {
        ScoringModel larger = larger();
        challenger.enter(larger);

        List<Outcome> outcomes = scorer.score(images());

        List<byte[]> pngs = ShippedImages.pngs(IMAGES, ShippedImages.DIGITS);
        for (int i = 0; i < IMAGES; i++) {
            ShadowScoreEvent pair = shadow(outcomes.get(i));
            assertThat(pair).isNotNull();
            Analysis expected = alone(larger, DECODER.decode(pngs.get(i), null));
            assertThat(pair.challenger().score())
                    .isCloseTo(expected.score(), within(1e-5 * Math.max(1, Math.abs(expected.score()))));
            assertThat(pair.challenger().pValue()).isEqualTo(expected.pValue());
        }
    }

    @Test
    void aChallengerThatFailsCostsItsScoresAlone() throws Exception {
        List<Outcome> alone = scorer.score(images());
        ScoringModel broken = suspicious();
        challenger.enter(broken);
        broken.close();

        List<Outcome> together = scorer.score(images());
        scorer.score(images());

        assertThat(verdicts(together)).isEqualTo(verdicts(alone));
        assertThat(together).allMatch(outcome -> shadow(outcome) == null);
        assertThat(failures()).isEqualTo(2 * IMAGES);

        challenger.enter(suspicious());
        assertThat(scorer.score(images())).noneMatch(outcome -> shadow(outcome) == null);
        assertThat(failures()).isEqualTo(2 * IMAGES);
    }

    @Test
    void aChallengerMayLeaveWhileABatchIsScored() throws Exception {
        ScoringModel leaving = suspicious();
        challenger.enter(leaving);
        try (CurrentModel.Lease<ScoringModel> lease = challenger.lease().orElseThrow()) {
            challenger.close();
            assertThat(challenger.lease()).isEmpty();
            assertThat(lease.model().analyse(new float[champion.shape().size()], 1))
                    .hasSize(1);
        }
        assertThat(scorer.score(images())).allMatch(outcome -> shadow(outcome) == null);
    }

    /** The same network, calibrated so that everything is anomalous to it. */
    private static ScoringModel suspicious() throws Exception {
        ModelArtifact artifact = ModelArtifact.builtin();
        return ScoringModel.load(artifact.withScoring(
                artifact.manifest().scoring(),
                artifact.manifest().calibration().stream()
                        .map(score -> score - 1e6)
                        .toList()));
    }

    /**
     * Hardly trained, on pictures of another size, none of which is scored here: the score of an image that it was calibrated on ties with
     * itself, and rounding decides the rank.
     */
    private static ScoringModel larger() throws Exception {
        InputShape shape = new InputShape(3, 36, 30);
        List<float[]> digits = new ArrayList<>();
        for (byte[] png : ShippedImages.pngs(IMAGES + 300, ShippedImages.DIGITS).subList(IMAGES, IMAGES + 300)) {
            digits.add(pixels(shape, DECODER.decode(png, null)));
        }
        return ScoringModel.load(new ModelTrainer(Clock.systemUTC())
                .train(
                        TrainingImages.split(shape, digits, 1),
                        new ModelTrainer.Request("larger", 8, 1, 1, 20, ScoreRecipe.FAST, "test", "digits"),
                        step -> {}));
    }

    private static float[] pixels(InputShape shape, Raster raster) {
        float[] pixels = new float[shape.size()];
        InputTensor.write(raster, shape, pixels, 0);
        return pixels;
    }

    private static Analysis alone(ScoringModel model, Raster raster) {
        return model.analyse(pixels(model.shape(), raster), 1).get(0);
    }

    private static List<ConsumerRecord<byte[], byte[]>> images() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (byte[] png : ShippedImages.pngs(IMAGES, ShippedImages.DIGITS)) {
            records.add(new ConsumerRecord<>("images", 0, records.size(), "camera-1".getBytes(UTF_8), png));
        }
        return records;
    }

    private static List<String> verdicts(List<Outcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> new String(((Outcome.Scored) outcome).json(), UTF_8))
                .toList();
    }

    private static @Nullable ShadowScoreEvent shadow(Outcome outcome) {
        return ((Outcome.Scored) outcome)
                .products().stream()
                        .filter(product -> product.type() == EventType.SHADOW_SCORE)
                        .map(product -> EventSerdes.shadowScore().deserializer().deserialize("", product.payload()))
                        .findFirst()
                        .orElse(null);
    }

    private double failures() {
        return registry.get("afterimage.challenger.failures").counter().count();
    }
}
