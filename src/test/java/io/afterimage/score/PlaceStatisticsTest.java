package io.afterimage.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PlaceStatisticsTest {
    private static final int SIDE = 16;
    private static final int PIXELS = SIDE * SIDE;

    /** Row 3 is an edge that no reconstruction gets right: its residual is large and varies. */
    private static float[] residual(SplittableRandom random) {
        float[] residual = new float[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            boolean edge = i / SIDE == 3;
            residual[i] = (float) Math.abs((edge ? 0.3 : 0.02) + (edge ? 0.1 : 0.01) * random.nextGaussian());
        }
        return residual;
    }

    private static PlaceStatistics learned() {
        PlaceStatistics.Gathering gathering = new PlaceStatistics.Gathering(PIXELS);
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 500; i++) {
            gathering.add(residual(random));
        }
        return gathering.statistics();
    }

    @Test
    void gathersMeansAndDeviationsOneImageAtATime() {
        PlaceStatistics places = learned();

        assertThat(places.means()[3 * SIDE + 5]).isCloseTo(0.3f, within(0.02f));
        assertThat(places.deviations()[3 * SIDE + 5]).isCloseTo(0.1f, within(0.02f));
        assertThat(places.means()[9 * SIDE + 5]).isCloseTo(0.02f, within(0.005f));
    }

    /** Taken at face value, the edge of every normal image outweighs the spot. */
    @Test
    void aSpotCountsMoreThanTheEdgeThatIsAlwaysThere() {
        float[] normal = residual(new SplittableRandom(8));
        float[] spot = normal.clone();
        for (int y = 8; y < 12; y++) {
            Arrays.fill(spot, y * SIDE + 8, y * SIDE + 12, 0.15f);
        }
        PlaceStatistics neutral = PlaceStatistics.neutral(PIXELS);

        assertThat(highest(learned(), spot)).isGreaterThan(2 * highest(learned(), normal));
        assertThat(highest(neutral, spot)).isEqualTo(highest(neutral, normal));
    }

    private static float highest(PlaceStatistics places, float[] residual) {
        float[] standardised = new float[PIXELS];
        places.standardise(residual, standardised);
        float highest = -Float.MAX_VALUE;
        for (float value : standardised) {
            highest = Math.max(highest, value);
        }
        return highest;
    }
}
