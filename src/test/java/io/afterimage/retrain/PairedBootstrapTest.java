package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairedBootstrapTest {
    private static final int IMAGES = 200;
    private final PairedBootstrap bootstrap = new PairedBootstrap(500, 0.95);

    @Test
    void theIntervalCoversTheTruthAsOftenAsItSays() {
        int covered = 0;
        SplittableRandom random = new SplittableRandom(2);
        for (int trial = 0; trial < 200; trial++) {
            double[] values = random.doubles(IMAGES).toArray();
            covered += bootstrap.interval(means(values, trial)).contains(0.5) ? 1 : 0;
        }

        assertThat(covered).isBetween(178, 199);
    }

    @Test
    void pairingSeesADifferenceThatUnpairedResamplesDoNot() {
        SplittableRandom random = new SplittableRandom(3);
        double[] one = random.doubles(IMAGES).toArray();
        double[] other = Arrays.stream(one)
                .map(value -> value + 0.01 + 0.005 * random.nextGaussian())
                .toArray();

        assertThat(bootstrap.interval(differences(one, other, 1, 1)).low()).isPositive();
        assertThat(bootstrap.interval(differences(one, other, 1, 2)).low()).isNegative();
    }

    @Test
    void theFirstDrawIsTheImagesThemselves() {
        assertThat(bootstrap.draws(4, 1)[0]).containsExactly(0, 1, 2, 3);
        assertThat(bootstrap.draws(4, 1)).hasDimensions(501, 4).isDeepEqualTo(bootstrap.draws(4, 1));
    }

    private double[] differences(double[] one, double[] other, long seed, long otherSeed) {
        double[] before = means(one, seed);
        double[] after = means(other, otherSeed);
        Arrays.setAll(after, r -> after[r] - before[r]);
        return after;
    }

    private double[] means(double[] values, long seed) {
        return Arrays.stream(bootstrap.draws(values.length, seed))
                .mapToDouble(draw -> Arrays.stream(draw)
                        .mapToDouble(i -> values[i])
                        .average()
                        .orElseThrow())
                .toArray();
    }
}
