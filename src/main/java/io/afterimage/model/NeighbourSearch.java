package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Mean distance of an image's features to their nearest neighbours among remembered normal images, in whitened principal
 * components.
 *
 * <p>The engine ranks all normals at once by one matrix product, |m|² − 2·z·m; the distances of the few winners are then
 * computed again in double precision, since the product's rounding depends on the size of the batch.
 */
final class NeighbourSearch {
    private static final int K = FeatureMemory.NEIGHBOURS;

    private final FeatureMemory memory;
    private final NDArray projection;
    private final NDArray offset;
    private final NDArray transposedNormals;
    private final NDArray squaredNorms;

    NeighbourSearch(NDManager manager, FeatureMemory memory) {
        this.memory = memory;
        int components = memory.components();
        projection = manager.create(memory.projection(), new Shape(memory.features(), components));
        offset = manager.create(memory.offset(), new Shape(1, components));
        NDArray normals = manager.create(memory.normals(), new Shape(memory.size(), components));
        squaredNorms = normals.square().sum(new int[] {1}).reshape(1, memory.size());
        // Scaled once here, so that ranking costs one product and one addition.
        transposedNormals = normals.mul(-2).transpose();
    }

    /** One mean distance per row of {@code features}, {@code count × features}; not negative. */
    double[] distances(NDArray features, int count, Readback readback) {
        // A product with a single row takes another path and rounds differently: give it two.
        NDArray rows = count == 1 ? features.concat(features) : features;
        NDArray whitened = rows.matMul(projection).addi(offset);
        float[] z = whitened.toFloatArray();
        float[] ranks = readback.of(whitened.matMul(transposedNormals).addi(squaredNorms));
        double[] means = new double[count];
        for (int i = 0; i < count; i++) {
            means[i] = meanOfNearest(z, i, ranks);
        }
        return means;
    }

    private double meanOfNearest(float[] z, int image, float[] ranks) {
        int size = memory.size();
        int[] nearest = new int[K];
        float[] best = new float[K];
        java.util.Arrays.fill(best, Float.POSITIVE_INFINITY);
        int row = image * size;
        for (int m = 0; m < size; m++) {
            float rank = ranks[row + m];
            if (rank < best[K - 1]) {
                int place = K - 1;
                while (place > 0 && rank < best[place - 1]) {
                    best[place] = best[place - 1];
                    nearest[place] = nearest[place - 1];
                    place--;
                }
                best[place] = rank;
                nearest[place] = m;
            }
        }
        double sum = 0;
        for (int m : nearest) {
            sum += distance(z, image * memory.components(), memory.normals(), m * memory.components());
        }
        return sum / K;
    }

    private double distance(float[] a, int from, float[] b, int at) {
        double sum = 0;
        for (int k = 0; k < memory.components(); k++) {
            double difference = (double) a[from + k] - b[at + k];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }
}
