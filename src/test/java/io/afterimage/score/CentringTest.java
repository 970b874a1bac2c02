package io.afterimage.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CentringTest {
    private static final int PIXELS = 99;

    /** Two planes around 0.35 and 0.55, none of whose values is limited. */
    private static float[] scene(float brighter) {
        SplittableRandom random = new SplittableRandom(1);
        float[] scene = new float[2 * PIXELS];
        for (int i = 0; i < scene.length; i++) {
            scene[i] = (float) (i < PIXELS ? 0.25 : 0.45) + 0.18f * (float) random.nextDouble() + brighter;
        }
        return scene;
    }

    private static float[] centred(float[] image) {
        float[] centred = new float[image.length];
        Centring.apply(image, 0, centred, 0, 2, PIXELS);
        return centred;
    }

    @Test
    void anotherExposureOfTheSceneIsTheSamePicture() {
        float[] picture = centred(scene(0));

        assertThat(centred(scene(0.3f))).containsExactly(picture, within(1e-5f));
        assertThat(centred(scene(-0.2f))).containsExactly(picture, within(1e-5f));
    }

    @Test
    void planesAreCentredEachOnItsOwn() {
        float[] twice = scene(0);
        for (int i = PIXELS; i < twice.length; i++) {
            twice[i] += 0.2f;
        }

        assertThat(centred(twice)).containsExactly(centred(scene(0)), within(1e-5f));
    }

    /** The twin of the guarantee: what differs within a picture does not go away, it counts twice. */
    @Test
    void aSpotStaysASpot() {
        float[] spotted = scene(0);
        spotted[17] += 0.2f;
        float[] other = scene(0);

        float difference = centred(spotted)[17] - centred(other)[17];

        assertThat(difference).isCloseTo(2 * 0.2f, within(0.02f));
    }

    @Test
    void theMedianGoesToOneLevel() {
        float[] image = scene(0);
        float[] centred = new float[image.length];

        float[] medians = Centring.apply(image, 0, centred, 0, 2, PIXELS);

        assertThat(medians).hasSize(2);
        float[] first = java.util.Arrays.copyOf(centred, PIXELS);
        java.util.Arrays.sort(first);
        assertThat(first[PIXELS / 2]).isCloseTo(0.4f, within(1e-6f));
        assertThat(medians[0]).isBetween(0.3f, 0.4f);
        assertThat(medians[1]).isBetween(0.5f, 0.6f);
    }

    @Test
    void undoingGivesThePictureBack() {
        float[] image = scene(0.1f);
        float[] centred = new float[image.length];
        float[] medians = Centring.apply(image, 0, centred, 0, 2, PIXELS);

        Centring.undo(centred, medians);

        assertThat(centred).containsExactly(image, within(1e-5f));
    }

    /** 2 · (x − median) + 0.4 stays within [0, 1] as long as x is within −0.2 and 0.3 of the median. */
    @Test
    void whatIsFarFromTheMedianIsLimited() {
        float[] image = {0.5f, 0.5f, 0.5f, 0.9f, 0.1f};
        float[] centred = new float[5];

        float[] medians = Centring.apply(image, 0, centred, 0, 1, 5);

        assertThat(centred).containsExactly(new float[] {0.4f, 0.4f, 0.4f, 1, 0}, within(1e-6f));
        Centring.undo(centred, medians);
        assertThat(centred).containsExactly(new float[] {0.5f, 0.5f, 0.5f, 0.8f, 0.3f}, within(1e-6f));
    }

    @Test
    void imagesOfABatchAreCentredInPlace() {
        float[] batch = {9, 9, 0.1f, 0.2f, 0.3f, 9};

        float[] medians = Centring.apply(batch, 2, batch, 2, 1, 3);

        assertThat(medians).containsExactly(0.2f);
        assertThat(batch).containsExactly(new float[] {9, 9, 0.2f, 0.4f, 0.6f, 9}, within(1e-6f));
    }
}
