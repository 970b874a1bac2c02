package io.afterimage.retrain;

/** How a stream no longer fits the calibration of its model. */
public sealed interface Drift {
    /** Probability of so much on a stream that has not changed, one block of it. */
    double pValue();

    /** Verdicts since the detector was last reset. */
    long images();

    /**
     * Normal verdicts score differently from normal images of the calibration sample.
     *
     * @param distance of Kolmogorov and Smirnov: the largest difference of the two distribution functions, in [0, 1]
     */
    record ScoresShifted(double distance, double pValue, long images) implements Drift {}

    /**
     * There are more or fewer anomalies than the calibration sample promises.
     *
     * @param observed share of anomalous verdicts in the block, in [0, 1]
     * @param expected share on an unchanged stream: at most alpha
     */
    record AlarmRateOff(double observed, double expected, double pValue, long images) implements Drift {}
}
