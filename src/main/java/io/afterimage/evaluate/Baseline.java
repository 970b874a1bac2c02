package io.afterimage.evaluate;

import io.afterimage.train.PrincipalReconstruction;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Anomaly scores that need no network. What does not beat them is not worth its processor time. */
public enum Baseline {
    /** Squared distance to the mean of the normal images. */
    MEAN_IMAGE("mean image") {
        @Override
        Score fit(List<float[]> normal, int components, long seed) {
            double[] mean = MeanImage.of(normal);
            return Score.each(image -> {
                double sum = 0;
                for (int i = 0; i < mean.length; i++) {
                    sum += (image[i] - mean[i]) * (image[i] - mean[i]);
                }
                return sum;
            });
        }
    },
    /** What principal components of the normal images, as many as the network has latent values, leave of an image. */
    PCA("PCA") {
        @Override
        Score fit(List<float[]> normal, int components, long seed) {
            return Score.each(PrincipalReconstruction.of(normal, components, seed)::residualEnergy);
        }
    },
    /** The brightest value of an image less its median: finds hot spots, and is hard to beat where anomalies are hot spots. */
    MAX_LESS_MEDIAN("max - median") {
        @Override
        Score fit(List<float[]> normal, int components, long seed) {
            return Score.each(image -> {
                float[] sorted = image.clone();
                Arrays.sort(sorted);
                return sorted[sorted.length - 1] - sorted[sorted.length / 2];
            });
        }
    };

    private final String label;

    Baseline(String label) {
        this.label = label;
    }

    /** Scores images, higher for what is less normal. */
    interface Score {
        double[] of(List<float[]> images);

        static Score each(ToDoubleFunction<float[]> score) {
            return images -> images.stream().mapToDouble(score).toArray();
        }
    }

    /** For people. */
    public String label() {
        return label;
    }

    abstract Score fit(List<float[]> normal, int components, long seed);
}
