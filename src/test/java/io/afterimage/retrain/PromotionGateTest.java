package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.Fusion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped model of digits, one that has hardly begun to learn, and candidates that must not get through. */
class PromotionGateTest {
    private static final double ALPHA = 0.05;
    private static final List<float[]> DIGITS = Shipped.images("builtin:digits-train", 500);
    private static final List<float[]> HELD_OUT = Shipped.images("builtin:digits-test", 300);

    private static final PromotionGate GATE = new PromotionGate(ALPHA, Margins.DEFAULT, 1);

    private static ModelArtifact good;
    private static ModelArtifact poor;
    private static ModelArtifact inverted;

    @BeforeAll
    static void train() throws Exception {
        good = ModelArtifact.builtin();
        poor = Shipped.trained(DIGITS, 1);
        inverted = Shipped.trained(Shipped.inverted(DIGITS), 5);
    }

    @Test
    void promotesARealImprovement() throws Exception {
        Promotion promotion = judge(poor, good);

        assertThat(promotion.decision()).as(promotion.reason()).isEqualTo(Promotion.Decision.PROMOTED);
        assertThat(promotion.reason()).contains("better and nowhere worse");
        assertThat(promotion.version()).isEqualTo(good.manifest().version());
        assertThat(promotion.previous()).isEqualTo(poor.manifest().version());
        assertThat(promotion.figures())
                .containsKeys("auroc.noise.candidate", "auroc.foreign.difference.low", "alarm-rate.candidate.high")
                .allSatisfy((name, value) -> assertThat(value).as(name).isFinite());
        assertThat(promotion.figures().get("residual.difference.high")).isNegative();
    }

    @Test
    void refusesAWorseModel() throws Exception {
        PromotionGate withoutFloor = new PromotionGate(ALPHA, new Margins(0.01, 0.03, 0.1, 0.02, 0.005, 0.1, 0), 1);

        assertRefused(judge(good, poor), "overall AUROC on synthetic defects is");
        assertRefused(
                only(withoutFloor.judge(good, List.of(poor), HELD_OUT, Optional.empty())), "it may be worse: auroc");
    }

    @Test
    void refusesAnEqualModel() throws Exception {
        Promotion promotion = judge(good, good);

        assertRefused(promotion, "not better anywhere");
        assertThat(promotion.figures()).containsEntry("auroc.difference.low", 0.0);
        assertThat(promotion.figures()).containsEntry("auroc.difference.high", 0.0);
    }

    @Test
    void refusesAModelTrainedOnGarbage() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        List<float[]> noise = new ArrayList<>();
        for (int n = 0; n < 300; n++) {
            float[] image = new float[Shipped.SHAPE.size()];
            for (int i = 0; i < image.length; i++) {
                image[i] = (float) random.nextDouble();
            }
            noise.add(image);
        }

        assertRefused(judge(poor, Shipped.trained(noise, 5)), "calibration is broken");
    }

    @Test
    void refusesAModelTrainedOnAnomaliesOnly() throws Exception {
        List<float[]> clothing = Shipped.images("builtin:fashion", 500);

        assertRefused(judge(poor, Shipped.trained(clothing, 10)), "calibration is broken");
    }

    @Test
    void refusesShuffledWeights() throws Exception {
        assertRefused(judge(poor, shuffled(good)), "");
    }

    @Test
    void refusesACalibrationThatIsTooLow() throws Exception {
        assertRefused(judge(poor, recalibrated(good, score -> score - 3)), "alarms at");
    }

    @Test
    void refusesACalibrationThatIsTooHigh() throws Exception {
        assertRefused(judge(poor, recalibrated(good, score -> score + 5)), "not distributed as");
    }

    @Test
    void refusesACalibrationTooSmallForAlpha() throws Exception {
        ModelManifest manifest = good.manifest();
        ModelArtifact small = good.withScoring(
                manifest.scoring(), List.of(manifest.calibration().get(100)));

        assertRefused(judge(poor, small), "too small for alpha");
    }

    @Test
    void promotesWhenDriftMadeTheAlarmRateWrong() throws Exception {
        Promotion promotion = only(GATE.judge(inverted, List.of(good), HELD_OUT, Optional.empty()));

        assertThat(promotion.promoted()).as(promotion.reason()).isTrue();
        assertThat(promotion.reason()).contains("alarm rate on recent normal images");
        assertThat(promotion.figures().get("alarm-rate.current")).isGreaterThan(0.5);
    }

    @Test
    void theGoldenSetHoldsEvenWhenTheStreamHasDrifted() throws Exception {
        GoldenSet golden =
                new GoldenSet(Shipped.inverted(HELD_OUT.subList(0, 150)), Shipped.images("builtin:fashion", 150));
        Promotion promotion = only(GATE.judge(inverted, List.of(good), HELD_OUT, Optional.of(golden)));

        assertRefused(promotion, "golden set: ");
        assertThat(promotion.golden()).isEqualTo(300);
        assertThat(promotion.figures()).containsKey("golden.auroc.difference.low");
    }

    @Test
    void ofTwoThatPassTheBetterIsPromoted() throws Exception {
        ModelArtifact other = reweighted(good);
        List<Promotion> promotions = GATE.judge(poor, List.of(other, good), HELD_OUT, Optional.empty());

        assertThat(promotions).extracting(Promotion::reason).anyMatch(reason -> reason.contains("better and nowhere"));
        assertThat(promotions)
                .filteredOn(Promotion::promoted)
                .singleElement()
                .satisfies(best -> assertThat(promotions)
                        .filteredOn(promotion -> !promotion.promoted())
                        .singleElement()
                        .satisfies(loser -> {
                            assertThat(loser.reason()).contains("it passes, but candidate " + best.version());
                            assertThat(loser.figures().get("auroc.candidate"))
                                    .isLessThan(best.figures().get("auroc.candidate"));
                        }));
    }

    @Test
    void aCandidateThatCannotBeLoadedIsRefusedAndTheOthersAreJudged() throws Exception {
        byte[] torn = good.weights().clone();
        torn[0] ^= 0x40;
        ModelArtifact broken = ModelArtifact.create(good.manifest(), torn);
        List<Promotion> promotions = GATE.judge(poor, List.of(broken, good), HELD_OUT, Optional.empty());

        assertRefused(promotions.get(0), "cannot be loaded");
        assertThat(promotions.get(1).promoted()).isTrue();
    }

    @Test
    void theSameSeedGivesTheSameDecisionAndFigures() throws Exception {
        assertThat(judge(poor, good)).isEqualTo(judge(poor, good));
    }

    @Test
    void tooFewImagesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GATE.judge(poor, List.of(good), HELD_OUT.subList(0, 29), Optional.empty()))
                .withMessageContaining("at least 30");
    }

    private static Promotion judge(ModelArtifact current, ModelArtifact candidate) throws ModelRejectedException {
        return only(GATE.judge(current, List.of(candidate), HELD_OUT, Optional.empty()));
    }

    private static Promotion only(List<Promotion> promotions) {
        assertThat(promotions).hasSize(1);
        return promotions.get(0);
    }

    private static void assertRefused(Promotion promotion, String why) {
        assertThat(promotion.decision()).as(promotion.reason()).isEqualTo(Promotion.Decision.REFUSED);
        assertThat(promotion.reason()).isNotBlank().contains(why);
    }

    private static ModelArtifact recalibrated(ModelArtifact model, DoubleUnaryOperator change) {
        return model.withScoring(
                model.manifest().scoring(),
                model.manifest().calibration().stream()
                        .map(change::applyAsDouble)
                        .toList());
    }

    /** The same network with neighbours counting for little, calibrated anew. */
    private static ModelArtifact reweighted(ModelArtifact model) throws ModelRejectedException {
        ModelManifest.Scoring scoring = model.manifest().scoring();
        List<Double> deviations = new ArrayList<>(scoring.fusion().deviations());
        deviations.set(deviations.size() - 1, 5 * deviations.get(deviations.size() - 1));
        ModelArtifact changed = model.withScoring(
                new ModelManifest.Scoring(
                        scoring.recipe(),
                        new Fusion(scoring.fusion().means(), deviations),
                        scoring.components(),
                        scoring.memory()),
                List.of(0.0));
        List<float[]> unseen = Shipped.images("builtin:digits-test", 900).subList(300, 900);
        try (ScoringModel loaded = ScoringModel.load(changed)) {
            double[] scores = Batches.scores(loaded, unseen);
            return changed.withScoring(
                    changed.manifest().scoring(),
                    java.util.Arrays.stream(scores).sorted().boxed().toList());
        }
    }

    /** The same numbers in another order, which keeps every checksum and shape right. */
    private static ModelArtifact shuffled(ModelArtifact model) {
        byte[] weights = model.weights().clone();
        ByteBuffer buffer = ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN);
        int start = Math.toIntExact(8 + buffer.getLong(0));
        List<Float> values = new ArrayList<>();
        for (int at = start; at < weights.length; at += Float.BYTES) {
            values.add(buffer.getFloat(at));
        }
        Collections.shuffle(values, new Random(1));
        for (int i = 0; i < values.size(); i++) {
            buffer.putFloat(start + i * Float.BYTES, values.get(i));
        }
        return ModelArtifact.create(model.manifest(), weights);
    }
}
