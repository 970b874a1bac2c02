package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.score.Calibration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RealisedRateTest {
    private static final int TRIALS = 2_000;

    /** Simulated calibrations stay inside as often as promised; the twin that forgets the size of the sample does not. */
    @ParameterizedTest
    @CsvSource({"120,300,0.05", "400,1000,0.01", "2000,1000,0.05"})
    void aRightCalibrationStaysInside(int calibration, int images, double alpha) {
        Interval expected = RealisedRate.expected(calibration, images, alpha, 0.99);
        BinomialDistribution exact = BinomialDistribution.of(images, alpha);
        Interval forgetful = new Interval(
                exact.inverseCumulativeProbability(0.005) / (double) images,
                exact.inverseCumulativeProbability(0.995) / (double) images);
        int outside = 0;
        int outsideTwin = 0;
        SplittableRandom random = new SplittableRandom(7);
        for (int trial = 0; trial < TRIALS; trial++) {
            double rate = simulatedRate(calibration, images, alpha, random);
            outside += expected.contains(rate) ? 0 : 1;
            outsideTwin += forgetful.contains(rate) ? 0 : 1;
        }

        BinomialDistribution promised = BinomialDistribution.of(TRIALS, 0.01);
        int most = promised.inverseCumulativeProbability(0.9999);
        assertThat(outside).isLessThanOrEqualTo(most);
        assertThat(outsideTwin).isGreaterThan(most);
    }

    @Test
    void isNoWiderThanNeeded() {
        Interval interval = RealisedRate.expected(100_000, 10_000, 0.05, 0.99);

        assertThat(interval.low()).isGreaterThan(0.043);
        assertThat(interval.high()).isLessThan(0.057);
    }

    private static double simulatedRate(int calibration, int images, double alpha, SplittableRandom random) {
        double[] sample = new double[calibration];
        Arrays.setAll(sample, i -> random.nextDouble());
        Calibration threshold = new Calibration(sample);
        int alarms = 0;
        for (int i = 0; i < images; i++) {
            alarms += threshold.pValue(random.nextDouble()) <= alpha ? 1 : 0;
        }
        return (double) alarms / images;
    }
}
