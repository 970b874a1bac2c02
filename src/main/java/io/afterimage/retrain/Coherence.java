package io.afterimage.retrain;

import java.util.Arrays;
import java.util.List;

/**
 * Whether shifted pictures belong together as normal ones do: medians of the distance to the nearest other picture. Pictures of
 * one normality vary as much as normal pictures do; a mixture of defects varies more, and a frozen camera hardly at all. Nearest
 * neighbours as a test of two samples go back to Friedman and Rafsky (Annals of Statistics, 1979) and Schilling (JASA, 1986).
 *
 * @param own from a shifted picture to the nearest other shifted one
 * @param toNormal from a shifted picture to the nearest normal one
 * @param normal from a normal picture to the nearest other normal one
 * @param pictures of each kind that were compared
 */
public record Coherence(double own, double toNormal, double normal, int pictures) {
    /** Pictures of each kind that are compared at most; the time taken grows with the square. */
    static final int MOST_PICTURES = 300;

    /**
     * Compares as many pictures of either kind, evenly taken from those given, as nearest neighbours come closer when
     * there are more of them.
     *
     * @param shifted vectors of one length, at least 2
     * @param normal vectors of the same length, at least 2
     */
    public static Coherence of(List<float[]> shifted, List<float[]> normal) {
        int pictures = Math.min(MOST_PICTURES, Math.min(shifted.size(), normal.size()));
        if (pictures < 2) {
            throw new IllegalArgumentException(
                    "%d shifted and %d normal pictures cannot be compared".formatted(shifted.size(), normal.size()));
        }
        float[][] strange = evenly(shifted, pictures);
        float[][] usual = evenly(normal, pictures);
        return new Coherence(
                medianToNearest(strange, strange),
                medianToNearest(strange, usual),
                medianToNearest(usual, usual),
                pictures);
    }

    /** How much the shifted vary, in units of how much the normal ones do; infinite when those do not vary at all. */
    public double spread() {
        return normal > 0 ? own / normal : Double.POSITIVE_INFINITY;
    }

    private static float[][] evenly(List<float[]> vectors, int count) {
        float[][] chosen = new float[count][];
        for (int i = 0; i < count; i++) {
            chosen[i] = vectors.get((int) ((long) i * vectors.size() / count));
        }
        return chosen;
    }

    private static double medianToNearest(float[][] from, float[][] to) {
        double[] nearest = new double[from.length];
        for (int i = 0; i < from.length; i++) {
            double least = Double.POSITIVE_INFINITY;
            for (int k = 0; k < to.length; k++) {
                if (from != to || i != k) {
                    least = Math.min(least, squaredDistance(from[i], to[k]));
                }
            }
            nearest[i] = Math.sqrt(least);
        }
        Arrays.sort(nearest);
        return nearest[nearest.length / 2];
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
