package io.afterimage.retrain;

import org.apache.commons.statistics.distribution.BetaDistribution;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * How many alarms a right calibration gives. With m calibration images the false-alarm rate of a conformal threshold is not
 * alpha but a draw from Beta(k, m + 1 − k), k = ⌊alpha · (m + 1)⌋ (Vovk, "Conditional validity of inductive conformal
 * predictors", 2012), and the alarms among n images are binomial at that rate. Both count: with few calibration images a rate of
 * twice alpha is no sign of a fault.
 */
final class RealisedRate {
    private static final int STRATA = 256;

    private RealisedRate() {}

    /**
     * The rates of alarms to expect among normal images.
     *
     * @param calibration images in the calibration sample; enough for alpha, see {@link
     *     io.afterimage.score.Calibration#requireSupports}
     * @param images that are counted, at least 1
     * @param confidence chance that a right calibration stays inside
     */
    static Interval expected(int calibration, int images, double alpha, double confidence) {
        int k = (int) Math.floor(alpha * (calibration + 1) + 1e-9);
        BetaDistribution rate = BetaDistribution.of(k, calibration + 1.0 - k);
        BinomialDistribution[] alarms = new BinomialDistribution[STRATA];
        for (int i = 0; i < STRATA; i++) {
            alarms[i] = BinomialDistribution.of(images, rate.inverseCumulativeProbability((i + 0.5) / STRATA));
        }
        double tail = (1 - confidence) / 2;
        return new Interval(
                (double) quantile(alarms, images, tail) / images, (double) quantile(alarms, images, 1 - tail) / images);
    }

    /** The fewest alarms with at least that cumulative probability. */
    private static int quantile(BinomialDistribution[] alarms, int images, double probability) {
        int low = 0;
        int high = images;
        while (low < high) {
            int middle = (low + high) >>> 1;
            double sum = 0;
            for (BinomialDistribution distribution : alarms) {
                sum += distribution.cumulativeProbability(middle);
            }
            if (sum / alarms.length >= probability) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
