package io.afterimage.retrain;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Confidence intervals by resampling images (Efron, "Bootstrap methods", Annals of Statistics 1979; percentile method). Two
 * models are given the same resamples, so what makes an image hard for both cancels out of their difference.
 */
final class PairedBootstrap {
    private final int resamples;
    private final double confidence;

    PairedBootstrap(int resamples, double confidence) {
        this.resamples = resamples;
        this.confidence = confidence;
    }

    /** The images as they are, then drawn again with repetition; {@code resamples + 1} rows of indices below {@code images}. */
    int[][] draws(int images, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] draws = new int[resamples + 1][images];
        Arrays.setAll(draws[0], i -> i);
        for (int r = 1; r <= resamples; r++) {
            Arrays.setAll(draws[r], i -> random.nextInt(images));
        }
        return draws;
    }

    /** Of a figure whose first value is that of the images as they are and whose others are those of the resamples. */
    Interval interval(double[] figure) {
        double[] sorted = Arrays.copyOfRange(figure, 1, figure.length);
        Arrays.sort(sorted);
        int tail = (int) Math.floor((1 - confidence) / 2 * sorted.length);
        return new Interval(sorted[tail], sorted[sorted.length - 1 - tail]);
    }
}
