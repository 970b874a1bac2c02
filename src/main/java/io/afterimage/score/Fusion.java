package io.afterimage.score;

import java.util.Arrays;
import java.util.List;

/**
 * Adds raw scores of different scales: Σ (ln s − mean) / deviation, with mean and deviation of each logarithm measured on
 * held-out normal images; a score that is in standard deviations already takes the place of its logarithm. A sum of standard deviations: about 0 for a normal image, higher is more anomalous.
 *
 * @param means mean of ln s of each part
 * @param deviations standard deviation of ln s of each part, positive
 */
public record Fusion(List<Double> means, List<Double> deviations) {
    /** Below any score that is not exactly zero; keeps the logarithm finite for a perfect reconstruction. */
    private static final double FLOOR = 1e-12;

    private static final double LEAST_DEVIATION = 1e-6;

    public Fusion {
        means = List.copyOf(means);
        deviations = List.copyOf(deviations);
        if (means.size() != deviations.size()) {
            throw new IllegalArgumentException("as many means as deviations are needed");
        }
        if (!deviations.stream().allMatch(d -> d > 0 && Double.isFinite(d))
                || !means.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("means must be finite and deviations positive");
        }
    }

    /** The logarithm that is fused. */
    public static double log(double rawScore) {
        return Math.log(Math.max(rawScore, FLOOR));
    }

    /** Measures means and deviations on the logarithms of held-out normal images, one row per image; at least two rows. */
    public static Fusion fit(List<double[]> logarithms) {
        int parts = logarithms.get(0).length;
        Double[] means = new Double[parts];
        Double[] deviations = new Double[parts];
        for (int k = 0; k < parts; k++) {
            int part = k;
            double mean =
                    logarithms.stream().mapToDouble(row -> row[part]).average().orElseThrow();
            double squares = logarithms.stream()
                    .mapToDouble(row -> (row[part] - mean) * (row[part] - mean))
                    .sum();
            means[k] = mean;
            deviations[k] = Math.max(Math.sqrt(squares / (logarithms.size() - 1)), LEAST_DEVIATION);
        }
        return new Fusion(Arrays.asList(means), Arrays.asList(deviations));
    }

    /** The fused score of one image from the logarithms of its raw scores. */
    public double fuse(double[] logarithms) {
        double sum = 0;
        for (int k = 0; k < logarithms.length; k++) {
            sum += (logarithms[k] - means.get(k)) / deviations.get(k);
        }
        return sum;
    }
}
