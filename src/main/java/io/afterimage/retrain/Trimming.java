package io.afterimage.retrain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What was taken out of a window before learning from it.
 *
 * @param training images taken out of the part a network is trained on
 * @param trainingImages images that part had
 * @param heldOut images taken out of all parts that rates are measured on: fusion, calibration, and for the gate
 * @param heldOutImages images those parts had
 */
public record Trimming(int training, int trainingImages, int heldOut, int heldOutImages) {
    private static final double LAMBDA = 0.2;
    private static final double MOST_ANOMALOUS = 0.2;

    /** Of all images, in [0, 1]. */
    public double share() {
        return (double) (training + heldOut) / (trainingImages + heldOutImages);
    }

    /**
     * Alarms beyond those that normal images give: max(0, number of p ≤ alpha − alpha · n), rounded. What is normal alarms too,
     * at the rate alpha; a sample whose alarms were all taken out would make every later threshold too low.
     */
    static int excess(double[] pValues, double alpha) {
        long alarms = java.util.Arrays.stream(pValues).filter(p -> p <= alpha).count();
        return (int) Math.max(0, Math.round(alarms - alpha * pValues.length));
    }

    /**
     * How many images are anomalies, those that raise no alarm included: the p-values of normal images are uniform, so a share
     * 1 − λ of them lies above λ, where hardly any anomaly does (Storey, "A direct approach to false discovery rates", Journal
     * of the Royal Statistical Society B 2002). At most a fifth: beyond that the reference is wrong rather than the images.
     */
    static int anomalies(double[] pValues) {
        double estimate = excess(pValues, LAMBDA) / (1 - LAMBDA);
        return (int) Math.round(Math.min(estimate, MOST_ANOMALOUS * pValues.length));
    }

    /** The images without the {@code count} that score highest, in their order. */
    static List<float[]> without(List<float[]> images, double[] scores, int count) {
        boolean[] out = new boolean[images.size()];
        IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(count)
                .forEach(i -> out[i] = true);
        List<float[]> kept = new ArrayList<>(images.size() - count);
        for (int i = 0; i < out.length; i++) {
            if (!out[i]) {
                kept.add(images.get(i));
            }
        }
        return kept;
    }
}
