package io.afterimage.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BaselineTest {
    /** In a plane: a base, and two directions that are at right angles. */
    private static float[] image(double along, double across) {
        return new float[] {
            (float) (0.5 + along), (float) (0.4 - along), (float) (0.3 + across), (float) (0.2 + across), 0.7f
        };
    }

    private static List<float[]> plane() {
        SplittableRandom random = new SplittableRandom(1);
        List<float[]> images = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            images.add(image(random.nextDouble(-0.2, 0.2), random.nextDouble(-0.2, 0.2)));
        }
        return images;
    }

    @Test
    void principalComponentsLeaveWhatIsOffThePlane() {
        float[] off = image(0.1, -0.1);
        off[4] += 0.3f;

        double[] scores = Baseline.PCA.fit(plane(), 2, 1).of(List.of(image(0.15, 0.05), off));

        assertThat(scores[0]).isCloseTo(0, within(1e-8));
        assertThat(scores[1]).isCloseTo(0.09, within(1e-5));
    }

    @Test
    void oneComponentDoesNotHoldAPlane() {
        assertThat(Baseline.PCA.fit(plane(), 1, 1).of(List.of(image(0.2, 0.2)))[0])
                .isGreaterThan(0.01);
    }

    @Test
    void theMeanImageIsTheMeanOfTheNormalOnes() {
        double[] scores = Baseline.MEAN_IMAGE
                .fit(List.of(new float[] {0, 1}, new float[] {1, 0}), 1, 1)
                .of(List.of(new float[] {0.5f, 0.5f}, new float[] {1, 1}));

        assertThat(scores).containsExactly(0, 0.5);
    }

    @Test
    void aHotSpotStandsOut() {
        double[] scores = Baseline.MAX_LESS_MEDIAN
                .fit(plane(), 1, 1)
                .of(List.of(new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.25f, 1, 0.5f}));

        assertThat(scores).containsExactly(0, 0.5);
    }
}
