package io.afterimage.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.InputShape;
import io.afterimage.train.Goal;
import io.afterimage.train.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SpoilingTest {
    private static final InputShape SHAPE = new InputShape(1, 16, 20);

    private static List<float[]> clean() {
        return SmallSet.of(SHAPE, 30, 1).of("lying");
    }

    private static Map<String, UnaryOperator<List<float[]>>> baselines(Spoiling spoiling) {
        List<float[]> spoiled = new ArrayList<>();
        for (float[] picture : clean()) {
            spoiled.add(spoiling.spoil(picture, SHAPE, spoiled.size()));
        }
        return spoiling.baselines(SHAPE, clean(), spoiled, 2, 1);
    }

    private static float[] restored(Spoiling spoiling, String baseline, float[] picture) {
        UnaryOperator<List<float[]>> restoration = baselines(spoiling).get(baseline);
        assertThat(restoration).as(baseline).isNotNull();
        List<float[]> one = restoration.apply(List.of(picture));
        assertThat(one).hasSize(1);
        return one.get(0);
    }

    @Test
    void noiseIsOnTopOfThePictureAndItsGoalIsToTakeItOff() {
        Spoiling noisy = new Spoiling.Noisy(Noise.FOG, Noise.SALT_AND_PEPPER, 8);
        float[] picture = clean().get(0);

        assertThat(noisy.goal()).isEqualTo(new Goal.Denoise(Noise.FOG, 8));
        assertThat(noisy.height(SHAPE)).isEqualTo(16);
        assertThat(noisy.width(SHAPE)).isEqualTo(20);
        assertThat(noisy.spoil(picture, SHAPE, 3)).isEqualTo(Noise.SALT_AND_PEPPER.of(picture, SHAPE, 3));
        assertThat(baselines(noisy).keySet()).containsExactly("as it is", "mean image", "median 3x3", "PCA", "linear");
    }

    @Test
    void doingNothingDoesNothing() {
        float[] picture = clean().get(0);

        assertThat(restored(new Spoiling.Noisy(Noise.FOG, Noise.FOG, 8), "as it is", picture))
                .isEqualTo(picture);
    }

    @Test
    void theMeanImageIsThatOfTheCleanOnes() {
        float[] mean = restored(new Spoiling.Noisy(Noise.FOG, Noise.FOG, 8), "mean image", new float[SHAPE.size()]);

        float sum = 0;
        for (float[] picture : clean()) {
            sum += picture[45];
        }
        assertThat(mean[45]).isCloseTo(sum / 30, within(1e-6f));
    }

    @Test
    void theMedianTakesOutASpeckAndKeepsAnEdge() {
        float[] picture = new float[SHAPE.size()];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = i % 20 < 10 ? 0.2f : 0.8f;
        }
        float[] specked = picture.clone();
        specked[0] = 1; // corner
        specked[5 * 20 + 5] = 1;
        specked[15 * 20 + 19] = 0; // opposite corner

        assertThat(restored(new Spoiling.Noisy(Noise.FOG, Noise.FOG, 8), "median 3x3", specked))
                .isEqualTo(picture);
    }

    /** Lying stripes of one wavelength and any phase lie in a plane around their mean. */
    @Test
    void principalComponentsKeepWhatTheyLearned() {
        float[] picture = clean().get(7);

        assertThat(restored(new Spoiling.Noisy(Noise.FOG, Noise.FOG, 8), "PCA", picture))
                .containsExactly(picture, within(0.01f));
    }

    @Test
    void halvedPicturesHaveHalfTheSides() {
        Spoiling halved = new Spoiling.Halved(8);
        float[] picture = clean().get(0);

        float[] small = halved.spoil(picture, SHAPE, 1);

        assertThat(halved.goal()).isEqualTo(new Goal.SuperResolve(8));
        assertThat(small).hasSize(halved.height(SHAPE) * halved.width(SHAPE)).hasSize(8 * 10);
        assertThat(small[11]).isCloseTo((picture[42] + picture[43] + picture[62] + picture[63]) / 4, within(1e-6f));
        assertThat(halved.spoil(picture, SHAPE, 2)).isEqualTo(small);
        assertThat(baselines(halved).keySet()).containsExactly("nearest", "bicubic", "linear");
    }

    @Test
    void eachPixelBecomesFour() {
        float[] small = new float[80];
        for (int i = 0; i < small.length; i++) {
            small[i] = i / 80f;
        }

        float[] large = restored(new Spoiling.Halved(8), "nearest", small);

        for (int i = 0; i < SHAPE.size(); i++) {
            assertThat(large[i]).isEqualTo(small[i / 20 / 2 * 10 + i % 20 / 2]);
        }
    }

    @Test
    void enlargementsHaveTheShapeOfThePicture() {
        float[] flat = new float[80];
        Arrays.fill(flat, 0.25f);

        for (String baseline : List.of("bicubic", "linear")) {
            assertThat(restored(new Spoiling.Halved(8), baseline, flat)).hasSize(SHAPE.size());
        }
        assertThat(restored(new Spoiling.Halved(8), "bicubic", flat)[33]).isCloseTo(0.25f, within(1e-5f));
    }
}
