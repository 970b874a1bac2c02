package io.afterimage.score;

import org.apache.commons.statistics.distribution.HypergeometricDistribution;

/**
 * The number of alarms among m new images of an unchanged stream, given that their threshold was set by a calibration sample of
 * n images and not by the distribution itself.
 *
 * <p>p ≤ alpha means: above the a-th largest calibration score, with a = ⌊alpha (n + 1)⌋. Let K of the m new scores lie above
 * it. Then K ≥ k exactly when at least k of the k + a − 1 largest of all n + m scores are new ones: if so, fewer than a of
 * those are of the sample, hence the k-th largest new score exceeds the a-th largest of the sample; if not, at least a of them
 * are of the sample, and it does not. When all n + m scores are exchangeable, which of them are new is a draw without
 * replacement, hence
 *
 * <p>P(K ≥ k) = P(H ≥ k), with H hypergeometric: k + a − 1 draws from n + m, of which m are new.
 *
 * <p>These are the exceedances of Gumbel and von Schelling, "The Distribution of the Number of Exceedances" (Annals of
 * Mathematical Statistics, 1950). The binomial distribution with alpha would ignore that the realised rate of one
 * sample is itself random, Beta(a, n + 1 − a): with n = 300 and alpha = 0.01 95 of 100 samples have one from 0.2 % to 2.4 %.
 *
 * <p>Tied scores only make both tails smaller: the upper one counts scores strictly above the threshold, the lower one those at
 * the threshold as well.
 */
public final class AlarmCount {
    private final int sample;
    private final int rank;
    private final double threshold;

    /** The count at a false-alarm rate in (0, 1). */
    public AlarmCount(Calibration calibration, double alpha) {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("alpha must be within (0, 1), not " + alpha);
        }
        double[] scores = calibration.scores();
        this.sample = scores.length;
        int a = (int) Math.floor(alpha * (sample + 1.0));
        while ((a + 1) / (sample + 1.0) <= alpha) {
            a++;
        }
        while (a > 0 && a / (sample + 1.0) > alpha) {
            a--;
        }
        this.rank = a;
        this.threshold = a == 0 ? Double.POSITIVE_INFINITY : scores[sample - a];
    }

    /** Anomalous is what scores above. Infinite when the sample is too small for any alarm. */
    public double threshold() {
        return threshold;
    }

    /** Expected share of alarms, over all calibration samples: a/(n + 1). */
    public double expectedShare() {
        return rank / (sample + 1.0);
    }

    /** P(K ≥ {@code above}) of {@code images} new ones, {@code above} of which lie above the threshold. */
    public double upperTail(int above, int images) {
        if (above == 0) {
            return 1;
        }
        return rank == 0 ? 0 : draws(above + rank - 1, images).survivalProbability(above - 1);
    }

    /** P(K ≤ {@code reaching}) of {@code images} new ones, {@code reaching} of which lie at the threshold or above. */
    public double lowerTail(int reaching, int images) {
        return reaching >= images || rank == 0
                ? 1
                : draws(reaching + rank, images).cumulativeProbability(reaching);
    }

    /** The fewest alarms that are not too few: fewer have at most the probability {@code tail}. */
    public int fewest(int images, double tail) {
        int low = 0;
        int high = images;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (lowerTail(middle, images) > tail) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The most alarms that are not too many: more have at most the probability {@code tail}. */
    public int most(int images, double tail) {
        int low = 0;
        int high = images;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (upperTail(middle + 1, images) <= tail) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private HypergeometricDistribution draws(int draws, int images) {
        return HypergeometricDistribution.of(Math.addExact(sample, images), images, draws);
    }
}
