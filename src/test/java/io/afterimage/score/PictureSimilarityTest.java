package io.afterimage.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.InputShape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureSimilarityTest {
    private static final InputShape SHAPE = new InputShape(1, 24, 19);

    private static float[] flat(InputShape shape, float value) {
        float[] picture = new float[shape.size()];
        Arrays.fill(picture, value);
        return picture;
    }

    private static float[] noise(InputShape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] picture = new float[shape.size()];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (float) random.nextDouble();
        }
        return picture;
    }

    @ParameterizedTest
    @CsvSource({"0.1, 20", "0.01, 40", "1, 0"})
    void peakSignalToNoiseRatioOfAConstantError(float error, double decibels) {
        assertThat(PictureSimilarity.psnr(flat(SHAPE, error), flat(SHAPE, 0))).isCloseTo(decibels, within(1e-4));
    }

    /** Twice the error, four times the squared error: 6.02 dB less. */
    @Test
    void twiceTheErrorIsSixDecibels() {
        float[] truth = flat(SHAPE, 0.5f);

        assertThat(PictureSimilarity.psnr(flat(SHAPE, 0.6f), truth) - PictureSimilarity.psnr(flat(SHAPE, 0.7f), truth))
                .isCloseTo(20 * Math.log10(2), within(1e-4));
    }

    @Test
    void equalPicturesAreAsLikeAsCanBe() {
        float[] picture = noise(SHAPE, 1);

        assertThat(PictureSimilarity.psnr(picture, picture)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(PictureSimilarity.ssim(picture, picture, SHAPE)).isCloseTo(1, within(1e-12));
    }

    /** Of flat pictures only the comparison of means is left: (2ab + 0.01²) / (a² + b² + 0.01²). */
    @ParameterizedTest
    @CsvSource({"0, 1, 0.00009999", "0.5, 0.25, 0.800064", "0.2, 0.8, 0.470666"})
    void structuralSimilarityOfFlatPictures(float a, float b, double similarity) {
        assertThat(PictureSimilarity.ssim(flat(SHAPE, a), flat(SHAPE, b), SHAPE))
                .isCloseTo(similarity, within(1e-6));
    }

    @Test
    void theNegativeIsTheOppositeOfLike() {
        float[] picture = noise(SHAPE, 2);
        float[] negative = new float[picture.length];
        for (int i = 0; i < negative.length; i++) {
            negative[i] = 1 - picture[i];
        }

        assertThat(PictureSimilarity.ssim(negative, picture, SHAPE)).isLessThan(-0.8);
    }

    @Test
    void picturesThatHaveNothingInCommonAreNotLike() {
        assertThat(PictureSimilarity.ssim(noise(SHAPE, 3), noise(SHAPE, 4), SHAPE))
                .isBetween(-0.2, 0.2);
    }

    /** Two changes of one squared error: a lighter picture is still the same, one with noise is not. */
    @Test
    void structureCountsMoreThanBrightness() {
        float[] truth = noise(SHAPE, 5);
        float[] lighter = new float[truth.length];
        float[] noisy = new float[truth.length];
        SplittableRandom random = new SplittableRandom(6);
        for (int i = 0; i < truth.length; i++) {
            truth[i] = 0.4f + 0.1f * truth[i];
            lighter[i] = truth[i] + 0.1f;
            noisy[i] = truth[i] + (random.nextBoolean() ? 0.1f : -0.1f);
        }

        assertThat(PictureSimilarity.psnr(lighter, truth))
                .isCloseTo(PictureSimilarity.psnr(noisy, truth), within(1e-3));
        assertThat(PictureSimilarity.ssim(lighter, truth, SHAPE)).isGreaterThan(0.9);
        assertThat(PictureSimilarity.ssim(noisy, truth, SHAPE)).isLessThan(0.5);
    }

    @ParameterizedTest
    @CsvSource({"1, 16, 16", "3, 17, 23", "1, 40, 16"})
    void whichIsTheTruthDoesNotMatter(int channels, int height, int width) {
        InputShape shape = new InputShape(channels, height, width);
        float[] one = noise(shape, 7);
        float[] other = noise(shape, 8);

        assertThat(PictureSimilarity.ssim(one, other, shape))
                .isCloseTo(PictureSimilarity.ssim(other, one, shape), within(1e-12));
        assertThat(PictureSimilarity.psnr(one, other)).isEqualTo(PictureSimilarity.psnr(other, one));
    }

    @Test
    void channelsAreAveraged() {
        InputShape colour = new InputShape(3, 24, 19);
        float[] one = noise(colour, 9);
        float[] other = one.clone();
        float[] third = noise(SHAPE, 10);
        System.arraycopy(third, 0, other, 2 * SHAPE.size(), SHAPE.size());
        float[] thirdOfOne = Arrays.copyOfRange(one, 2 * SHAPE.size(), 3 * SHAPE.size());

        assertThat(PictureSimilarity.ssim(other, one, colour))
                .isCloseTo((2 + PictureSimilarity.ssim(third, thirdOfOne, SHAPE)) / 3, within(1e-9));
    }
}
