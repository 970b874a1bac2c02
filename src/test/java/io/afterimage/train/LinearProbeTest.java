package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

class LinearProbeTest {
    private static List<float[]> points(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<float[]> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            points.add(new float[] {(float) random.nextDouble(-1, 1), 100 + 30 * (float) random.nextDouble(-1, 1), 7});
        }
        return points;
    }

    private static double accuracy(ToIntFunction<float[]> label, int kinds, long seed) {
        List<float[]> train = points(300, 1);
        List<float[]> test = points(200, 2);
        return LinearProbe.accuracy(
                train,
                train.stream().mapToInt(label).toArray(),
                test,
                test.stream().mapToInt(label).toArray(),
                kinds,
                seed);
    }

    /** Three wedges with tips at one place, in units that differ by far, beside a value that tells nothing. */
    @Test
    void labelsWithStraightBordersAreRead() {
        assertThat(accuracy(p -> p[0] > (p[1] - 100) / 30 ? 0 : p[0] > 0 ? 1 : 2, 3, 1))
                .isGreaterThan(0.93);
    }

    /** The twins: neither labels in opposite corners nor labels that are drawn can be read. */
    @Test
    void othersAreNot() {
        SplittableRandom random = new SplittableRandom(3);

        assertThat(accuracy(p -> p[0] > 0 == p[1] > 100 ? 0 : 1, 2, 1)).isBetween(0.35, 0.65);
        assertThat(accuracy(p -> random.nextInt(4), 4, 1)).isBetween(0.12, 0.38);
    }

    @Test
    void theSameSeedGivesTheSameAccuracy() {
        SplittableRandom one = new SplittableRandom(3);
        SplittableRandom other = new SplittableRandom(3);

        assertThat(accuracy(p -> one.nextInt(4), 4, 5)).isEqualTo(accuracy(p -> other.nextInt(4), 4, 5));
    }
}
