package io.afterimage.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.junit.jupiter.api.Test;

class CalibrationTest {

    @Test
    void pValueIsTheShareThatScoresAtLeastAsHigh() {
        Calibration calibration = new Calibration(new double[] {3, 1, 2, 2});

        assertThat(calibration.pValue(0)).isEqualTo(5 / 5.0);
        assertThat(calibration.pValue(2)).isEqualTo(4 / 5.0);
        assertThat(calibration.pValue(2.5)).isEqualTo(2 / 5.0);
        assertThat(calibration.pValue(9)).isEqualTo(1 / 5.0);
    }

    @Test
    void anAlphaBelowTheSmallestPValueIsRefused() {
        Calibration calibration = new Calibration(new double[98]);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> calibration.requireSupports(0.01))
                .withMessageContaining("98 images")
                .withMessageContaining("at least 99");
        new Calibration(new double[99]).requireSupports(0.01);
    }

    /**
     * Over many calibration samples the rate of false alarms is that of the theory: for one sample of n it is Beta(k, n + 1 −
     * k) with k = ⌊alpha (n + 1)⌋. The mean over 2,000 samples may leave its five standard errors once in two million runs.
     */
    @Test
    void theFalseAlarmRateIsTheOneAskedForOnAverage() {
        int n = 400;
        double alpha = 0.05;
        int k = (int) Math.floor(alpha * (n + 1));
        BetaDistribution theory = BetaDistribution.of(k, n + 1 - k);
        SplittableRandom random = new SplittableRandom(11);
        int samples = 2_000;
        double sum = 0;
        for (int s = 0; s < samples; s++) {
            Calibration calibration = new Calibration(random.doubles(n).toArray());
            int alarms = 0;
            for (int i = 0; i < 200; i++) {
                if (Calibration.verdict(calibration.pValue(random.nextDouble()), alpha) == Verdict.ANOMALOUS) {
                    alarms++;
                }
            }
            sum += alarms / 200.0;
        }
        double deviation = Math.sqrt((theory.getVariance() + theory.getMean() / 200) / samples);
        assertThat(sum / samples).isBetween(theory.getMean() - 5 * deviation, theory.getMean() + 5 * deviation);
    }

    @Test
    void aSampleThatIsNotFiniteIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Calibration(new double[] {1, Double.NaN}));
        assertThatIllegalArgumentException().isThrownBy(() -> new Calibration(new double[0]));
    }
}
