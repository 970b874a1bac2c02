package io.afterimage.evaluate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What the neighbours of vectors tell of an embedding. Distances are Euclidean. */
final class Neighbourhoods {
    /** Votes on a label. */
    static final int VOTERS = 10;
    /** Size of the neighbourhood that trustworthiness looks at. */
    static final int NEAR = 12;

    private Neighbourhoods() {}

    /** For each test vector the most frequent label among its nearest training vectors; ties go to the nearest. */
    static int[] told(List<float[]> train, int[] labels, List<float[]> test, int kinds) {
        return IntStream.range(0, test.size())
                .parallel()
                .map(i -> vote(nearest(train, test.get(i), VOTERS), labels, kinds))
                .toArray();
    }

    private static int vote(int[] voters, int[] labels, int kinds) {
        int[] votes = new int[kinds];
        int most = 0;
        for (int voter : voters) {
            most = Math.max(most, ++votes[labels[voter]]);
        }
        for (int voter : voters) {
            if (votes[labels[voter]] == most) {
                return labels[voter];
            }
        }
        throw new IllegalStateException("nobody voted");
    }

    /** Places of the nearest vectors, nearest first; of all when there are not so many. */
    private static int[] nearest(List<float[]> vectors, float[] vector, int most) {
        int count = Math.min(most, vectors.size());
        float[] distances = new float[count];
        int[] places = new int[count];
        Arrays.fill(distances, Float.POSITIVE_INFINITY);
        for (int i = 0; i < vectors.size(); i++) {
            float distance = distance(vectors.get(i), vector);
            if (distance < distances[count - 1]) {
                int at = count - 1;
                while (at > 0 && distances[at - 1] > distance) {
                    distances[at] = distances[at - 1];
                    places[at] = places[at - 1];
                    at--;
                }
                distances[at] = distance;
                places[at] = i;
            }
        }
        return places;
    }

    /**
     * How far neighbours in the embedding can be trusted to be neighbours of the picture (Venna and Kaski, ICANN 2001): 1 when all are, less
     * the farther from each other the pictures of neighbours are.
     *
     * @param pictures more than twice {@value #NEAR}
     * @param vectors of the same pictures
     */
    static double trustworthiness(List<float[]> pictures, List<float[]> vectors) {
        int n = pictures.size();
        double penalty = IntStream.range(0, n)
                .parallel()
                .mapToDouble(i -> {
                    int[] ranks = ranks(pictures, i);
                    double sum = 0;
                    for (int j : nearest(vectors, vectors.get(i), NEAR + 1)) {
                        sum += Math.max(0, ranks[j] - NEAR);
                    }
                    return sum;
                })
                .sum();
        return 1 - penalty * 2 / ((double) n * NEAR * (2.0 * n - 3 * NEAR - 1));
    }

    /** The place of each picture in the order of the distance to one of them, whose own place is 0. */
    private static int[] ranks(List<float[]> pictures, int of) {
        float[] distances = new float[pictures.size()];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = i == of ? -1 : distance(pictures.get(i), pictures.get(of));
        }
        int[] order = IntStream.range(0, distances.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> distances[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] ranks = new int[order.length];
        for (int rank = 0; rank < order.length; rank++) {
            ranks[order[rank]] = rank;
        }
        return ranks;
    }

    private static float distance(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            float difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
