package io.afterimage.train;

import io.afterimage.image.InputShape;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Paints what does not belong there into pictures, so that a network learns to take it out: in four of five pictures a rectangle or a
 * smooth blob, filled with a piece of another picture, with a brighter or darker picture, with one value, or with a mixture of two
 * pictures.
 */
final class PaintedDefects implements Restoration.Corruption {
    private static final double RATE = 0.8;
    private static final double LARGEST_BLOB = 0.24;
    private static final double SMALLEST_BLOB = 0.01;

    private final InputShape shape;
    private final SplittableRandom random;
    private final boolean[] mask;

    PaintedDefects(InputShape shape, SplittableRandom random) {
        this.shape = shape;
        this.random = random;
        this.mask = new boolean[shape.pixels()];
    }

    @Override
    public void corrupt(float[] spoiled, float[] clean, int index) {
        if (random.nextDouble() >= RATE) {
            return;
        }
        if (random.nextBoolean()) {
            rectangle();
        } else {
            blob();
        }
        int size = shape.size();
        float[] own = Arrays.copyOfRange(clean, index * size, (index + 1) * size);
        float[] fill = fill(own, clean);
        for (int i = 0; i < size; i++) {
            if (mask[i % shape.pixels()]) {
                spoiled[index * size + i] = fill[i];
            }
        }
    }

    private void rectangle() {
        Arrays.fill(mask, false);
        int height = side(shape.height());
        int width = side(shape.width());
        int top = random.nextInt(shape.height() - height + 1);
        int left = random.nextInt(shape.width() - width + 1);
        for (int y = top; y < top + height; y++) {
            Arrays.fill(mask, y * shape.width() + left, y * shape.width() + left + width, true);
        }
    }

    private int side(int of) {
        return random.nextInt(Math.max(1, of / 7), of / 2 + 1);
    }

    /** The highest places of smooth noise. */
    private void blob() {
        int step = random.nextInt(3, 9);
        int rows = shape.height() / step + 2;
        int columns = shape.width() / step + 2;
        float[] coarse = new float[rows * columns];
        for (int i = 0; i < coarse.length; i++) {
            coarse[i] = (float) random.nextGaussian();
        }
        float[] smooth = new float[shape.pixels()];
        for (int y = 0; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                int corner = y / step * columns + x / step;
                float down = (float) (y % step) / step;
                float right = (float) (x % step) / step;
                float upper = (1 - right) * coarse[corner] + right * coarse[corner + 1];
                float lower = (1 - right) * coarse[corner + columns] + right * coarse[corner + columns + 1];
                smooth[y * shape.width() + x] = (1 - down) * upper + down * lower;
            }
        }
        float[] sorted = smooth.clone();
        Arrays.sort(sorted);
        double share = random.nextDouble(SMALLEST_BLOB, LARGEST_BLOB);
        float threshold = sorted[(int) ((1 - share) * (sorted.length - 1))];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = smooth[i] > threshold;
        }
    }

    private float[] fill(float[] own, float[] clean) {
        float[] fill = new float[own.length];
        switch (random.nextInt(4)) {
            case 0 -> moved(clean, fill);
            case 1 -> {
                float brighter = (float) random.nextDouble(-0.5, 0.5);
                for (int i = 0; i < fill.length; i++) {
                    fill[i] = Math.max(0, Math.min(1, own[i] + brighter));
                }
            }
            case 2 -> Arrays.fill(fill, (float) random.nextDouble());
            default -> {
                moved(clean, fill);
                for (int i = 0; i < fill.length; i++) {
                    fill[i] = (fill[i] + own[i]) / 2;
                }
            }
        }
        return fill;
    }

    /** Any picture of the batch, flipped or not, and rolled around its edges. */
    private void moved(float[] clean, float[] target) {
        int other = random.nextInt(clean.length / shape.size()) * shape.size();
        int down = random.nextInt(shape.height());
        int right = random.nextInt(shape.width());
        boolean upsideDown = random.nextBoolean();
        boolean mirrored = random.nextBoolean();
        for (int i = 0; i < target.length; i++) {
            int plane = i / shape.pixels() * shape.pixels();
            int y = (i - plane) / shape.width();
            int x = (i - plane) % shape.width();
            int row = ((upsideDown ? shape.height() - 1 - y : y) + down) % shape.height();
            int column = ((mirrored ? shape.width() - 1 - x : x) + right) % shape.width();
            target[i] = clean[other + plane + row * shape.width() + column];
        }
    }
}
