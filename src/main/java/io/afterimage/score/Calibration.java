package io.afterimage.score;

import java.util.Arrays;

/**
 * Turns a score into a p-value by split conformal prediction (Vovk, Gammerman and Shafer, 2005; for outliers Bates et al.,
 * "Testing for outliers with conformal p-values", Annals of Statistics 2023): the share of held-out normal images that score at
 * least as high, the image itself counted in. For an image exchangeable with the sample, P(p ≤ alpha) ≤ alpha.
 */
public final class Calibration {
    private final double[] scores;

    /** From the scores of held-out normal images, in any order; at least one, all finite. */
    public Calibration(double[] scores) {
        if (scores.length == 0 || !Arrays.stream(scores).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("a calibration sample needs finite scores, at least one");
        }
        this.scores = scores.clone();
        Arrays.sort(this.scores);
    }

    /** Number of held-out normal images. */
    public int size() {
        return scores.length;
    }

    /** The sample, ascending. */
    public double[] scores() {
        return scores.clone();
    }

    /** (1 + number of sample scores ≥ {@code score}) / (n + 1); in [1/(n + 1), 1]. */
    public double pValue(double score) {
        int below = 0;
        int above = scores.length;
        while (below < above) {
            int middle = (below + above) >>> 1;
            if (scores[middle] < score) {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        return (1.0 + scores.length - below) / (scores.length + 1.0);
    }

    /** The smallest alpha at which an image can be called anomalous at all: 1/(n + 1). */
    public double smallestAlpha() {
        return 1.0 / (scores.length + 1.0);
    }

    /** The verdict on a p-value at a false-alarm rate. */
    public static Verdict verdict(double pValue, double alpha) {
        return pValue <= alpha ? Verdict.ANOMALOUS : Verdict.NORMAL;
    }

    /** Whether an image can be called anomalous at {@code alpha} at all. */
    public boolean supports(double alpha) {
        return alpha >= smallestAlpha();
    }

    /**
     * Refuses an alpha that the sample is too small for.
     *
     * @throws IllegalArgumentException when no image could ever be called anomalous at {@code alpha}
     */
    public void requireSupports(double alpha) {
        if (!supports(alpha)) {
            throw new IllegalArgumentException(
                    "alpha %s is out of reach of a calibration sample of %d images: the smallest p-value is %.6f. Use a larger alpha, or train with at least %d calibration images"
                            .formatted(alpha, scores.length, smallestAlpha(), (long) Math.ceil(1 / alpha) - 1));
        }
    }
}
