package io.afterimage.score;

import org.apache.commons.statistics.inference.MannWhitneyUTest;

/** How well scores tell anomalous images from normal ones, whatever the threshold. */
public final class RocArea {
    private RocArea() {}

    /**
     * The area under the receiver operating characteristic: the chance that an anomalous image scores higher than a normal one,
     * ties counted half. 0.5 is guessing, 1 is perfect.
     *
     * @param anomalous scores of anomalous images, at least one
     * @param normal scores of normal images, at least one
     */
    public static double of(double[] anomalous, double[] normal) {
        return MannWhitneyUTest.withDefaults().statistic(anomalous, normal) / anomalous.length / normal.length;
    }
}
