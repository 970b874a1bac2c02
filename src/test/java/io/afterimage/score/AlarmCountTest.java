package io.afterimage.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmCountTest {
    /** Every way in which n + m scores can be divided into sample and new ones is as likely as any other; here all are tried. */
    @ParameterizedTest
    @CsvSource({"7, 5, 0.3", "9, 4, 0.1", "5, 8, 0.5", "12, 4, 0.25"})
    void tailsAreExact(int n, int m, double alpha) {
        int[] alarms = new int[m + 1];
        int ways = 0;
        for (int division = 0; division < 1 << (n + m); division++) {
            if (Integer.bitCount(division) == m) {
                alarms[alarms(n, m, division, alpha)]++;
                ways++;
            }
        }
        double[] anySample = IntStream.range(0, n).mapToDouble(i -> i).toArray();
        AlarmCount count = new AlarmCount(new Calibration(anySample), alpha);

        int atLeast = ways;
        int atMost = 0;
        double mean = 0;
        for (int k = 0; k <= m; k++) {
            atMost += alarms[k];
            assertThat(count.upperTail(k, m)).isCloseTo((double) atLeast / ways, within(1e-12));
            assertThat(count.lowerTail(k, m)).isCloseTo((double) atMost / ways, within(1e-12));
            atLeast -= alarms[k];
            mean += (double) k * alarms[k] / ways;
        }
        assertThat(count.expectedShare()).isCloseTo(mean / m, within(1e-12));
    }

    private static int alarms(int n, int m, int division, double alpha) {
        double[] sample = IntStream.range(0, n + m)
                .filter(i -> (division >> i & 1) == 0)
                .mapToDouble(i -> i)
                .toArray();
        Calibration calibration = new Calibration(sample);
        return (int) IntStream.range(0, n + m)
                .filter(i -> (division >> i & 1) == 1)
                .filter(i -> Calibration.verdict(calibration.pValue(i), alpha) == Verdict.ANOMALOUS)
                .count();
    }

    @ParameterizedTest
    @CsvSource({"299, 0.01", "300, 0.01", "2400, 0.01", "99, 0.07", "1000, 0.001", "998, 0.001", "19, 0.999"})
    void itsThresholdIsTheOneOfTheVerdict(int n, double alpha) {
        double[] sample = new SplittableRandom(n).doubles(n).toArray();
        Calibration calibration = new Calibration(sample);
        AlarmCount count = new AlarmCount(calibration, alpha);

        for (double score : sample) {
            for (double near : new double[] {Math.nextDown(score), score, Math.nextUp(score)}) {
                boolean anomalous = Calibration.verdict(calibration.pValue(near), alpha) == Verdict.ANOMALOUS;
                assertThat(near > count.threshold()).isEqualTo(anomalous);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"300, 10000, 0.01", "999, 50, 0.05", "2400, 1, 0.01"})
    void boundsLeaveTheTailsOutside(int n, int images, double alpha) {
        AlarmCount count = new AlarmCount(
                new Calibration(new SplittableRandom(n).doubles(n).toArray()), alpha);
        double tail = 1e-4;
        int fewest = count.fewest(images, tail);
        int most = count.most(images, tail);

        assertThat(fewest == 0 ? 0 : count.lowerTail(fewest - 1, images)).isLessThanOrEqualTo(tail);
        assertThat(count.lowerTail(fewest, images)).isGreaterThan(tail);
        assertThat(most == images ? 0 : count.upperTail(most + 1, images)).isLessThanOrEqualTo(tail);
        assertThat(count.upperTail(most, images)).isGreaterThan(tail);
    }

    @Test
    void aSampleTooSmallForAnyAlarmHasNothingToSay() {
        AlarmCount count = new AlarmCount(new Calibration(new double[] {1, 2, 3}), 0.01);

        assertThat(count.threshold()).isInfinite();
        assertThat(count.upperTail(0, 100)).isEqualTo(1);
        assertThat(count.lowerTail(0, 100)).isEqualTo(1);
        assertThat(count.expectedShare()).isZero();
    }
}
