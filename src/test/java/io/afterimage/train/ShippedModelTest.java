package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.ModelManifest;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the shipped model is worth, on digits it has never seen against what the demo mixes in. */
class ShippedModelTest {
    private static final int SIDE = 28;
    private static final int DAMAGED = 500;

    @Test
    void itsManifestSaysHowToMakeItAgain() {
        ModelManifest manifest = ShippedModel.manifest();
        ModelManifest.Training training = manifest.training();

        assertThat(training.images()).isEqualTo("builtin:digits-train");
        assertThat(training.command())
                .isEqualTo("afterimage train --images builtin:digits-train --out src/main/resources/models/digits"
                        + " --seed " + training.seed());
        assertThat(training.trained() + training.heldOut()).isEqualTo(8_000);
        assertThat(manifest.calibration().size()).isEqualTo(2_400).isLessThan(training.heldOut());
        assertThat(training.lastLoss()).isLessThan(0.25 * training.firstLoss());
        assertThat(manifest.scoring().recipe()).isEqualTo("accurate");
    }

    @Test
    void tellsClothingFromDigits() {
        double[] clothing = ShippedModel.scores(ShippedModel.images("builtin:fashion"));

        assertThat(area(clothing)).isGreaterThan(0.98);
    }

    static Stream<Arguments> damages() {
        SplittableRandom random = new SplittableRandom(11);
        return Stream.of(
                Arguments.of("noisy", (UnaryOperator<float[]>) digit -> noisy(digit, random), 0.98),
                Arguments.of("occluded", (UnaryOperator<float[]>) digit -> occluded(digit, random, 0.5f), 0.78),
                Arguments.of("blackened", (UnaryOperator<float[]>) digit -> occluded(digit, random, 0f), 0.95),
                Arguments.of("whitened", (UnaryOperator<float[]>) digit -> occluded(digit, random, 1f), 0.95),
                Arguments.of("torn", (UnaryOperator<float[]>) digit -> torn(digit, random), 0.98));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void tellsDamagedDigitsFromWholeOnes(String name, UnaryOperator<float[]> damage, double least) {
        List<float[]> damaged = ShippedModel.images("builtin:digits-test").stream()
                .limit(DAMAGED)
                .map(damage)
                .toList();

        assertThat(area(ShippedModel.scores(damaged))).isGreaterThan(least);
    }

    private static double area(double[] anomalous) {
        return ShippedModel.areaUnderTheCurve(ShippedModel.DIGIT_SCORES.get(), anomalous);
    }

    /** Grain over the whole picture, a fifth of full scale. */
    private static float[] noisy(float[] digit, SplittableRandom random) {
        float[] noisy = digit.clone();
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = (float) Math.max(0, Math.min(1, noisy[i] + 0.2 * random.nextGaussian()));
        }
        return noisy;
    }

    /** An even patch of a third of the side on the middle of the digit. */
    private static float[] occluded(float[] digit, SplittableRandom random, float grey) {
        float[] occluded = digit.clone();
        int top = 7 + random.nextInt(6);
        int left = 7 + random.nextInt(6);
        for (int y = top; y < top + 9; y++) {
            for (int x = left; x < left + 9; x++) {
                occluded[y * SIDE + x] = grey;
            }
        }
        return occluded;
    }

    /** The lower half moved sideways. */
    private static float[] torn(float[] digit, SplittableRandom random) {
        float[] torn = digit.clone();
        int shift = random.nextBoolean() ? 6 : SIDE - 6;
        for (int y = SIDE / 2; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                torn[y * SIDE + (x + shift) % SIDE] = digit[y * SIDE + x];
            }
        }
        return torn;
    }
}
