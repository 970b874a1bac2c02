package io.afterimage.evaluate;

import io.afterimage.image.InputShape;
import io.afterimage.model.Interpolation;
import io.afterimage.train.Goal;
import io.afterimage.train.Halving;
import io.afterimage.train.ImageBatch;
import io.afterimage.train.LinearRestoration;
import io.afterimage.train.Noise;
import io.afterimage.train.PrincipalReconstruction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What is done to pictures that are then to be restored, and what restores them without a network. */
public sealed interface Spoiling {

    /** What a network is to learn for it. */
    Goal goal();

    /** Height of a spoiled picture. */
    int height(InputShape shape);

    /** Width of a spoiled picture. */
    int width(InputShape shape);

    /** The spoiled picture; the same for the same seed. */
    float[] spoil(float[] clean, InputShape shape, long seed);

    /**
     * Restorations that need no network, by name, the first one that does nothing.
     *
     * @param clean pictures to learn from
     * @param spoiled the same pictures
     * @param components of the PCA
     */
    Map<String, UnaryOperator<List<float[]>>> baselines(
            InputShape shape, List<float[]> clean, List<float[]> spoiled, int components, long seed);

    /**
     * Noise on top of the picture.
     *
     * @param learned what the network learns from
     * @param met what it is tested with
     * @param width of the network
     */
    record Noisy(Noise learned, Noise met, int width) implements Spoiling {
        @Override
        public Goal goal() {
            return new Goal.Denoise(learned, width);
        }

        @Override
        public int height(InputShape shape) {
            return shape.height();
        }

        @Override
        public int width(InputShape shape) {
            return shape.width();
        }

        @Override
        public float[] spoil(float[] clean, InputShape shape, long seed) {
            return met.of(clean, shape, seed);
        }

        @Override
        public Map<String, UnaryOperator<List<float[]>>> baselines(
                InputShape shape, List<float[]> clean, List<float[]> spoiled, int components, long seed) {
            Map<String, UnaryOperator<List<float[]>>> baselines = new LinkedHashMap<>();
            baselines.put("as it is", pictures -> pictures);
            float[] mean = MeanImage.asImage(clean);
            baselines.put(
                    "mean image", pictures -> pictures.stream().map(any -> mean).toList());
            baselines.put("median 3x3", pictures -> each(pictures, picture -> median(picture, shape)));
            PrincipalReconstruction principal = PrincipalReconstruction.of(clean, components, seed);
            baselines.put("PCA", pictures -> each(pictures, principal::reconstruction));
            baselines.put("linear", LinearRestoration.of(spoiled, clean)::apply);
            return baselines;
        }

        private static float[] median(float[] picture, InputShape shape) {
            float[] filtered = new float[picture.length];
            float[] window = new float[9];
            for (int i = 0; i < picture.length; i++) {
                int plane = i / shape.pixels() * shape.pixels();
                int y = (i - plane) / shape.width();
                int x = (i - plane) % shape.width();
                for (int k = 0; k < 9; k++) {
                    int row = Math.max(0, Math.min(shape.height() - 1, y + k / 3 - 1));
                    int column = Math.max(0, Math.min(shape.width() - 1, x + k % 3 - 1));
                    window[k] = picture[plane + row * shape.width() + column];
                }
                Arrays.sort(window);
                filtered[i] = window[4];
            }
            return filtered;
        }
    }

    /**
     * Half the resolution.
     *
     * @param width of the network
     */
    record Halved(int width) implements Spoiling {
        @Override
        public Goal goal() {
            return new Goal.SuperResolve(width);
        }

        @Override
        public int height(InputShape shape) {
            return shape.height() / 2;
        }

        @Override
        public int width(InputShape shape) {
            return shape.width() / 2;
        }

        @Override
        public float[] spoil(float[] clean, InputShape shape, long seed) {
            return Halving.of(clean, shape);
        }

        @Override
        public Map<String, UnaryOperator<List<float[]>>> baselines(
                InputShape shape, List<float[]> clean, List<float[]> spoiled, int components, long seed) {
            Map<String, UnaryOperator<List<float[]>>> baselines = new LinkedHashMap<>();
            baselines.put("nearest", pictures -> each(pictures, picture -> nearest(picture, shape)));
            baselines.put(
                    "bicubic",
                    pictures -> ImageBatch.split(
                            Interpolation.bicubic(
                                    ImageBatch.join(pictures),
                                    pictures.size(),
                                    shape.channels(),
                                    height(shape),
                                    width(shape)),
                            pictures.size()));
            baselines.put("linear", LinearRestoration.of(spoiled, clean)::apply);
            return baselines;
        }

        private static float[] nearest(float[] small, InputShape shape) {
            float[] large = new float[shape.size()];
            int width = shape.width();
            for (int i = 0; i < large.length; i++) {
                large[i] = small[i / width / 2 * (width / 2) + i % width / 2];
            }
            return large;
        }
    }

    private static List<float[]> each(List<float[]> pictures, UnaryOperator<float[]> restore) {
        List<float[]> restored = new ArrayList<>(pictures.size());
        pictures.forEach(picture -> restored.add(restore.apply(picture)));
        return restored;
    }
}
