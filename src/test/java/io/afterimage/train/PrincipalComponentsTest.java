package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PrincipalComponentsTest {

    /** Vectors with known axes: coordinate k has standard deviation 2^-k, so the k-th axis is the k-th unit vector. */
    @Test
    void findsAxesAndVariances() {
        int rows = 4_000;
        int features = 40;
        SplittableRandom random = new SplittableRandom(2);
        float[] vectors = new float[rows * features];
        for (int i = 0; i < vectors.length; i++) {
            int k = i % features;
            vectors[i] = (float) (3 + random.nextGaussian() * Math.pow(2, -k));
        }
        try (NDManager manager = NDManager.newBaseManager()) {
            PrincipalComponents found = PrincipalComponents.of(
                    manager, manager.create(vectors, new Shape(rows, features)), 4, new SplittableRandom(1));

            assertThat(found.variances()).hasSize(4);
            for (int k = 0; k < 4; k++) {
                double expected = Math.pow(4, -k);
                assertThat(found.variances()[k]).isCloseTo(expected, within(0.1 * expected));
                assertThat(Math.abs(found.axes()[k * 4 + k])).isGreaterThan(0.99);
            }
            assertThat(found.mean()[0]).isCloseTo(3f, within(0.1f));
        }
    }

    @Test
    void fewerVectorsThanComponentsGiveFewerComponents() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] vectors = {1, 0, 0, 0, 1, 0, 0, 0, 1};
            PrincipalComponents found = PrincipalComponents.of(
                    manager, manager.create(vectors, new Shape(3, 3)), 96, new SplittableRandom(1));

            assertThat(found.variances()).hasSize(2);
        }
    }
}
