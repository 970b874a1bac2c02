package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Index.atIndex;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LinearRestorationTest {
    /** Pictures of four values, each 0 or 1: far apart, so that the ridge weighs little. */
    private static List<float[]> pictures(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<float[]> pictures = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] picture = new float[4];
            for (int i = 0; i < 4; i++) {
                picture[i] = random.nextInt(2);
            }
            pictures.add(picture);
        }
        return pictures;
    }

    private static List<float[]> each(List<float[]> pictures, UnaryOperator<float[]> map) {
        List<float[]> mapped = new ArrayList<>();
        pictures.forEach(picture -> mapped.add(map.apply(picture)));
        return mapped;
    }

    private static double largestError(UnaryOperator<float[]> map) {
        List<float[]> learned = pictures(300, 1);
        LinearRestoration restoration = LinearRestoration.of(learned, each(learned, map));
        List<float[]> unseen = pictures(50, 2);
        List<float[]> restored = restoration.apply(unseen);
        List<float[]> truth = each(unseen, map);
        double largest = 0;
        for (int i = 0; i < unseen.size(); i++) {
            assertThat(restored.get(i)).hasSameSizeAs(truth.get(i));
            for (int k = 0; k < truth.get(i).length; k++) {
                largest = Math.max(largest, Math.abs(restored.get(i)[k] - truth.get(i)[k]));
            }
        }
        return largest;
    }

    /** Mixed, moved by a constant, and longer than it was. */
    @Test
    void aLinearMapIsFound() {
        assertThat(largestError(x -> new float[] {
                    0.1f + 0.5f * x[0] + 0.3f * x[3], 0.9f - 0.8f * x[1], x[2], 0.25f, 0.5f * x[0] + 0.5f * x[1]
                }))
                .isLessThan(0.05);
    }

    /** The twin: what is not linear is not found. */
    @Test
    void whetherTwoValuesDifferIsNotLinear() {
        assertThat(largestError(x -> new float[] {Math.abs(x[0] - x[1])})).isGreaterThan(0.4);
    }

    @Test
    void aConstantIsFoundExactly() {
        assertThat(largestError(x -> new float[] {0.7f})).isLessThan(1e-4);
    }

    @Test
    void picturesThatAreAllTheSameAreNoTrouble() {
        List<float[]> same = Collections.nCopies(5, new float[] {1, 0, 0.5f});

        LinearRestoration restoration = LinearRestoration.of(same, same);

        assertThat(restoration.apply(same).get(4)).containsExactly(new float[] {1, 0, 0.5f}, within(0.01f));
    }

    @Test
    void valuesStayInRange() {
        List<float[]> learned = pictures(300, 1);
        LinearRestoration restoration = LinearRestoration.of(learned, learned);

        assertThat(restoration.apply(List.of(new float[] {9, -9, 0.5f, 0})).get(0))
                .contains(1f, atIndex(0))
                .contains(0f, atIndex(1));
    }
}
