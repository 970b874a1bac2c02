package io.afterimage.train;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.image.InputShape;
import io.afterimage.model.Analysis;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** The model that comes with the software, and what it says of the images that come with it. */
final class ShippedModel {
    private static final int BATCH = 64;
    private static final int ALL = 50_000;

    static final Supplier<double[]> DIGIT_SCORES = once(() -> scores(images("builtin:digits-test")));

    private static final Supplier<ScoringModel> MODEL = once(() -> {
        try {
            return ScoringModel.load(ModelArtifact.builtin());
        } catch (ModelRejectedException e) {
            throw new AssertionError(e);
        }
    });

    private ShippedModel() {}

    static ModelManifest manifest() {
        return MODEL.get().manifest();
    }

    static InputShape shape() {
        return MODEL.get().shape();
    }

    /** As the model takes them. */
    static List<float[]> images(String set) {
        try (ImageSet images = ImageSet.open(set)) {
            return ImageCollection.read(
                            images, new ImageDecoder(ImageLimits.DEFAULT), shape(), ALL, new SplittableRandom(1))
                    .images();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static double[] scores(List<float[]> images) {
        double[] scores = new double[images.size()];
        int size = shape().size();
        for (int from = 0; from < scores.length; from += BATCH) {
            int count = Math.min(BATCH, scores.length - from);
            float[] batch = new float[count * size];
            for (int i = 0; i < count; i++) {
                System.arraycopy(images.get(from + i), 0, batch, i * size, size);
            }
            List<Analysis> analyses = MODEL.get().analyse(batch, count);
            for (int i = 0; i < count; i++) {
                scores[from + i] = analyses.get(i).score();
            }
        }
        return scores;
    }

    /** The chance that an anomalous image scores higher than a normal one; ties count half. */
    static double areaUnderTheCurve(double[] normal, double[] anomalous) {
        double[] sorted = normal.clone();
        Arrays.sort(sorted);
        double below = 0;
        for (double score : anomalous) {
            below += (rank(sorted, score, false) + rank(sorted, score, true)) / 2.0;
        }
        return below / normal.length / anomalous.length;
    }

    /** How many are lower, or not higher. */
    private static int rank(double[] sorted, double score, boolean tiesCount) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < score || (tiesCount && sorted[middle] == score)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static <T> Supplier<T> once(Supplier<T> source) {
        return new Supplier<>() {
            private final List<T> kept = new ArrayList<>(1);

            @Override
            public synchronized T get() {
                if (kept.isEmpty()) {
                    kept.add(source.get());
                }
                return kept.get(0);
            }
        };
    }
}
