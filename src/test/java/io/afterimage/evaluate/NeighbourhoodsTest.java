package io.afterimage.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NeighbourhoodsTest {
    private static List<float[]> points(int count, int dimensions, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<float[]> points = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] point = new float[dimensions];
            for (int i = 0; i < dimensions; i++) {
                point[i] = (float) random.nextDouble(-1, 1);
            }
            points.add(point);
        }
        return points;
    }

    private static double accuracy(ToIntFunction<float[]> label, int kinds) {
        List<float[]> train = points(600, 2, 1);
        List<float[]> test = points(300, 2, 2);
        int[] told = Neighbourhoods.told(train, train.stream().mapToInt(label).toArray(), test, kinds);
        int[] truth = test.stream().mapToInt(label).toArray();
        return IntStream.range(0, truth.length)
                .mapToDouble(i -> told[i] == truth[i] ? 1 : 0)
                .average()
                .orElseThrow();
    }

    /** Opposite corners: no weighted sum tells them, see {@code LinearProbeTest}; neighbours do. */
    @Test
    void labelsOfRegionsAreTold() {
        assertThat(accuracy(p -> p[0] > 0 == p[1] > 0 ? 0 : 1, 2)).isGreaterThan(0.9);
    }

    @Test
    void labelsThatAreDrawnAreNot() {
        SplittableRandom random = new SplittableRandom(3);

        assertThat(accuracy(p -> random.nextInt(4), 4)).isBetween(0.15, 0.35);
    }

    @Test
    void tiesGoToTheNearest() {
        List<float[]> train = new ArrayList<>();
        int[] labels = new int[10];
        for (int i = 0; i < 10; i++) {
            train.add(new float[] {i});
            labels[i] = i % 2;
        }

        assertThat(Neighbourhoods.told(train, labels, List.of(new float[] {-1}, new float[] {11}), 2))
                .containsExactly(0, 1);
    }

    @Test
    void fewVectorsHaveAVoteEach() {
        List<float[]> train = List.of(new float[] {9}, new float[] {1}, new float[] {2});

        assertThat(Neighbourhoods.told(train, new int[] {0, 1, 1}, List.of(new float[] {9}), 2))
                .containsExactly(1);
    }

    @Test
    void whatKeepsAllDistancesIsTrusted() {
        List<float[]> pictures = points(120, 3, 4);
        List<float[]> turned = new ArrayList<>();
        for (float[] p : pictures) {
            turned.add(new float[] {3 * p[1] + 5, -3 * p[0], 3 * p[2]});
        }

        assertThat(Neighbourhoods.trustworthiness(pictures, turned)).isCloseTo(1, within(1e-12));
    }

    /** Where neighbours are drawn, a rank beyond the neighbourhood is any: about half of the greatest penalty. */
    @Test
    void whatIsDrawnIsNot() {
        List<float[]> pictures = points(120, 3, 4);
        List<float[]> shuffled = new ArrayList<>(pictures);
        Collections.shuffle(shuffled, new Random(5));

        assertThat(Neighbourhoods.trustworthiness(pictures, shuffled)).isBetween(0.4, 0.6);
    }

    @Test
    void whatLosesADimensionIsTrustedLessThanWhatKeepsIt() {
        List<float[]> pictures = points(120, 3, 4);
        List<float[]> plane =
                pictures.stream().map(p -> new float[] {p[0], p[1]}).toList();
        List<float[]> line = pictures.stream().map(p -> new float[] {p[0]}).toList();

        double ofPlane = Neighbourhoods.trustworthiness(pictures, plane);
        double ofLine = Neighbourhoods.trustworthiness(pictures, line);

        assertThat(ofPlane).isBetween(0.7, 0.99);
        assertThat(ofLine).isLessThan(ofPlane - 0.05).isGreaterThan(0.5);
    }
}
