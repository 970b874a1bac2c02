package io.afterimage.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AlarmRateTest {
    @Test
    void isUnknownBeforeTheFirstImage() {
        assertThat(new AlarmRate(3).rate()).isNaN();
    }

    @Test
    void looksBackOnTheLastImagesOnly() {
        var rate = new AlarmRate(4);
        boolean[] verdicts = {true, true, false, false, true, false, false, false, false};
        double[] expected = {1, 1, 2 / 3.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0};
        for (int i = 0; i < verdicts.length; i++) {
            rate.record(verdicts[i]);
            assertThat(rate.rate()).as("after %d", i + 1).isEqualTo(expected[i]);
        }
    }
}
