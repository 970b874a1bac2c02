package io.afterimage.retrain;

import io.afterimage.score.AlarmCount;
import io.afterimage.score.Calibration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;
import org.apache.commons.statistics.inference.PValueMethod;

/**
 * Notices that a stream has left the calibration of its model. Two tests look at each block of m consecutive verdicts:
 *
 * <ul>
 *   <li>the two-sample test of Kolmogorov and Smirnov (exact p-values: Viehmann, "Numerically more stable computation of the
 *       p-values for the two-sample Kolmogorov-Smirnov test", 2021) between the normal verdicts of the block and the calibration
 *       scores below the same threshold. Given the threshold, both are samples of the same truncated distribution, so the test
 *       stays exact; the calibration score that is the threshold itself is left out. A distance below {@link
 *       Parameters#leastDistance} counts for nothing, however certain it is;
 *   <li>the number of alarms, against both tails of its exact distribution ({@link AlarmCount}).
 * </ul>
 *
 * <p>Drift is reported once; then the detector keeps silent until it is reset, which is due after whatever was done about it,
 * be it a new model or none.
 *
 * <p>Stated rate: on an unchanged stream at most {@code falseTriggersPerMillionImages} reports are expected in a million images.
 * Every block gets the level rate · m / 10⁶, half of it for the first test and a quarter for each tail of the second. Each
 * block keeps its level exactly, whatever the score's distribution and however small the calibration sample, for scores
 * exchangeable with that sample; and expectations add up though all blocks share the sample. What the sharing does is
 * to bundle false triggers: a detector reset with the same unlucky sample is likely to report it again. So the rate
 * is one over calibration samples, not of each of them. Of 200 simulated streams of 100,000 images, each with a sample of its
 * own, 2, 18 and 14 were reported with samples of 300, 2,400 and 5,000 at alpha 0.01, where the default rate allows 20.
 * Images that resemble their predecessors (a video, a batch of one product) are not exchangeable; for them no rate is stated.
 *
 * <p>A shift that either test sees in a whole block is found at most 2 m − 1 images after it began. For one thread at a time.
 */
public final class DriftDetector {
    private static final KolmogorovSmirnovTest EXACT =
            KolmogorovSmirnovTest.withDefaults().with(PValueMethod.EXACT);
    private static final KolmogorovSmirnovTest ASYMPTOTIC =
            KolmogorovSmirnovTest.withDefaults().with(PValueMethod.ASYMPTOTIC);

    /** The asymptotic p-value is a few per cent off where it matters; above this many times the level the exact one is not needed. */
    private static final double NOT_IN_DOUBT = 4;

    /** The exact test takes time in proportion to the product of the sample sizes: here under a second. */
    private static final long MOST_EXACT = 100_000_000;

    private final Parameters parameters;
    private final double[] block;
    private AlarmCount alarms;
    private double[] truncated;
    private int filled;
    private long images;
    private boolean reported;

    /**
     * What the detector looks for.
     *
     * @param blockImages m, verdicts per test, at least 10
     * @param falseTriggersPerMillionImages the stated rate; rate · m / 10⁶ must be below 1
     * @param leastDistance distance of Kolmogorov and Smirnov below which a shift of normal scores is of no consequence, in [0, 1]
     */
    public record Parameters(int blockImages, double falseTriggersPerMillionImages, double leastDistance) {
        /** Blocks of 1,000 verdicts, one false trigger in a million images, distances from 0.05 on. */
        public static final Parameters DEFAULT = new Parameters(1_000, 1, 0.05);

        public Parameters {
            if (blockImages < 10) {
                throw new IllegalArgumentException("a block needs at least 10 verdicts, not " + blockImages);
            }
            double level = falseTriggersPerMillionImages * blockImages / 1e6;
            if (!(level > 0 && level < 1)) {
                throw new IllegalArgumentException(
                        "%s false triggers in a million images leave a block of %d a level of %s"
                                .formatted(falseTriggersPerMillionImages, blockImages, level));
            }
            if (!(leastDistance >= 0 && leastDistance <= 1)) {
                throw new IllegalArgumentException("the least distance must be within [0, 1], not " + leastDistance);
            }
        }

        /** The probability with which a block of an unchanged stream may be called drift. */
        double level() {
            return falseTriggersPerMillionImages * blockImages / 1e6;
        }
    }

    /** For the verdicts of a model with this calibration, given at {@code alpha} in (0, 1). */
    public DriftDetector(Calibration calibration, double alpha, Parameters parameters) {
        this.parameters = parameters;
        this.block = new double[parameters.blockImages()];
        this.alarms = new AlarmCount(calibration, alpha);
        this.truncated = below(calibration.scores(), alarms.threshold());
    }

    /** Begins anew, for another model, another alpha or the same ones; the unfinished block is forgotten. */
    public void reset(Calibration calibration, double alpha) {
        alarms = new AlarmCount(calibration, alpha);
        truncated = below(calibration.scores(), alarms.threshold());
        filled = 0;
        images = 0;
        reported = false;
    }

    /** Verdicts since the last reset. */
    public long images() {
        return images;
    }

    /**
     * Takes the score of the next verdict; p-value and verdict follow from it and the calibration.
     *
     * @param score finite
     * @return drift, when this verdict completes the first block that shows it; a wrong alarm rate comes before shifted scores
     * @throws IllegalArgumentException when the score is not finite
     */
    public Optional<Drift> accept(double score) {
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("a score must be finite, not " + score);
        }
        block[filled++] = score;
        images++;
        if (filled < block.length) {
            return Optional.empty();
        }
        filled = 0;
        if (reported) {
            return Optional.empty();
        }
        Optional<Drift> drift = alarmRate().or(this::scores);
        reported = drift.isPresent();
        return drift;
    }

    private Optional<Drift> alarmRate() {
        double threshold = alarms.threshold();
        int above =
                (int) Arrays.stream(block).filter(score -> score > threshold).count();
        int reaching =
                (int) Arrays.stream(block).filter(score -> score >= threshold).count();
        double tail = Math.min(alarms.upperTail(above, block.length), alarms.lowerTail(reaching, block.length));
        return tail <= parameters.level() / 4
                ? Optional.of(
                        new Drift.AlarmRateOff((double) above / block.length, alarms.expectedShare(), tail, images))
                : Optional.empty();
    }

    private Optional<Drift> scores() {
        double[] normal = below(block, alarms.threshold());
        if (normal.length < 2 || truncated.length < 2) {
            return Optional.empty();
        }
        double level = parameters.level() / 2;
        double distance = EXACT.statistic(truncated, normal);
        if (distance < parameters.leastDistance()) {
            return Optional.empty();
        }
        double pValue = ASYMPTOTIC.test(truncated, normal).getPValue();
        if (pValue <= NOT_IN_DOUBT * level && (long) truncated.length * normal.length <= MOST_EXACT) {
            pValue = EXACT.test(truncated, normal).getPValue();
        }
        return pValue <= level ? Optional.of(new Drift.ScoresShifted(distance, pValue, images)) : Optional.empty();
    }

    private static double[] below(double[] scores, double threshold) {
        return Arrays.stream(scores).filter(score -> score < threshold).toArray();
    }
}
