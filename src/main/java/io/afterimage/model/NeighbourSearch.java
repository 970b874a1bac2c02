package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.function.UnaryOperator;

/**
 * Mean distance of images to their nearest neighbours among remembered normal images, in a space that tells them apart: that of
 * whitened principal components of features, or of the directions of latent vectors.
 *
 * <p>The engine ranks all normals at once by one matrix product, |m|² − 2·z·m; the distances of the few winners are then
 * computed again in double precision, since the product's rounding depends on the size of the batch.
 */
final class NeighbourSearch {
    private static final int K = FeatureMemory.NEIGHBOURS;

    private final float[] normals;
    private final int dimensions;
    private final UnaryOperator<NDArray> space;
    private final NDArray transposedNormals;
    private final NDArray squaredNorms;

    /** @param space from rows that the network gave to rows like those of the normals */
    private NeighbourSearch(NDManager manager, float[] normals, int dimensions, UnaryOperator<NDArray> space) {
        this.normals = normals;
        this.dimensions = dimensions;
        this.space = space;
        NDArray rows = manager.create(normals, new Shape(normals.length / dimensions, dimensions));
        squaredNorms = rows.square().sum(new int[] {1}).reshape(1, -1);
        // Scaled once here, so that ranking costs one product and one addition.
        transposedNormals = rows.mul(-2).transpose();
    }

    /** In the space of features, {@code count × features}. */
    static NeighbourSearch ofFeatures(NDManager manager, FeatureMemory memory) {
        int components = memory.components();
        NDArray projection = manager.create(memory.projection(), new Shape(memory.features(), components));
        NDArray offset = manager.create(memory.offset(), new Shape(1, components));
        return new NeighbourSearch(
                manager,
                memory.normals(),
                components,
                rows -> rows.matMul(projection).addi(offset));
    }

    /** On the sphere of directions of latent vectors, {@code count × latent}. */
    static NeighbourSearch ofDirections(NDManager manager, LatentMemory memory) {
        return new NeighbourSearch(manager, memory.directions(), memory.latent(), LatentMemory::directions);
    }

    /** One mean distance per row; not negative. */
    double[] distances(NDArray rows, int count, Readback readback) {
        // A product with a single row takes another path and rounds differently: give it two.
        NDArray points = space.apply(count == 1 ? rows.concat(rows) : rows);
        float[] z = points.toFloatArray();
        float[] ranks = readback.of(points.matMul(transposedNormals).addi(squaredNorms));
        double[] means = new double[count];
        for (int i = 0; i < count; i++) {
            means[i] = meanOfNearest(z, i, ranks);
        }
        return means;
    }

    private double meanOfNearest(float[] z, int image, float[] ranks) {
        int size = normals.length / dimensions;
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
            sum += distance(z, image * dimensions, m * dimensions);
        }
        return sum / K;
    }

    private double distance(float[] z, int from, int normal) {
        double sum = 0;
        for (int k = 0; k < dimensions; k++) {
            double difference = (double) z[from + k] - normals[normal + k];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }
}
