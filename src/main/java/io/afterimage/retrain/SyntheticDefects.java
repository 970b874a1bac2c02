package io.afterimage.retrain;

import io.afterimage.image.InputShape;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Spoils normal images so that a model can be measured without labels. The defect of an image depends on the seed, the kind and
 * the image's place in the list alone: two models are measured on the very same defects, in batches of any size.
 *
 * <p>A rectangle of background on background is no defect: places and contents are drawn again until something changes.
 */
public final class SyntheticDefects {
    /** Mean change that makes a defect, of the values it touches; fainter ones are drawn again. */
    private static final double VISIBLE = 0.1;

    private static final int DRAWS = 16;
    private static final double LEAST_NOISE = 0.05;
    private static final double MOST_NOISE = 0.3;

    private final InputShape shape;
    private final List<float[]> normals;
    private final long seed;

    /** @param normals at least two images, each {@code shape.size()} values in [0, 1]; not copied */
    public SyntheticDefects(InputShape shape, List<float[]> normals, long seed) {
        if (normals.size() < 2) {
            throw new IllegalArgumentException("foreign patches come from other images: at least two are needed");
        }
        this.shape = shape;
        this.normals = normals;
        this.seed = seed;
    }

    /** A spoilt copy of image {@code index}; values stay within [0, 1]. */
    public float[] spoil(Defect kind, int index) {
        SplittableRandom random =
                new SplittableRandom(seed + ((long) kind.name().hashCode() << 32) + index);
        float[] normal = normals.get(index);
        if (kind == Defect.NOISE) {
            return noisy(normal, random);
        }
        float[] clearest = normal;
        double largest = -1;
        for (int draw = 0; draw < DRAWS && largest < VISIBLE; draw++) {
            float[] spoilt = normal.clone();
            int touched = switch (kind) {
                case OCCLUSION -> occlude(spoilt, random);
                case SCRATCH -> scratch(spoilt, random);
                case FOREIGN -> cover(spoilt, other(index, random), random);
                case NOISE -> throw new IllegalArgumentException("noise covers the whole picture");
            };
            double change = change(normal, spoilt) / touched;
            if (change > largest) {
                clearest = spoilt;
                largest = change;
            }
        }
        return clearest;
    }

    private static float[] noisy(float[] normal, SplittableRandom random) {
        double deviation = LEAST_NOISE * Math.pow(MOST_NOISE / LEAST_NOISE, random.nextDouble());
        float[] noisy = new float[normal.length];
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = clamp(normal[i] + deviation * random.nextGaussian());
        }
        return noisy;
    }

    private int occlude(float[] image, SplittableRandom random) {
        Rectangle at = rectangle(1.0 / 8, 1.0 / 3, random);
        for (int c = 0; c < shape.channels(); c++) {
            float shade = (float) random.nextDouble();
            for (int y = at.top; y < at.top + at.height; y++) {
                int row = c * shape.pixels() + y * shape.width() + at.left;
                java.util.Arrays.fill(image, row, row + at.width, shade);
            }
        }
        return at.height * at.width * shape.channels();
    }

    private int scratch(float[] image, SplittableRandom random) {
        int side = Math.min(shape.height(), shape.width());
        double half = side * random.nextDouble(1.0 / 3, 2.0 / 3) / 2;
        double reach = Math.max(1, side / 28.0) / 2;
        double angle = random.nextDouble(Math.PI);
        double across = Math.cos(angle);
        double down = Math.sin(angle);
        double x0 = random.nextDouble(half * Math.abs(across), shape.width() - half * Math.abs(across));
        double y0 = random.nextDouble(half * Math.abs(down), shape.height() - half * Math.abs(down));
        double light = random.nextDouble(0.4, 0.9) * (random.nextBoolean() ? 1 : -1);
        int touched = 1;
        for (int y = 0; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                double dx = x + 0.5 - x0;
                double dy = y + 0.5 - y0;
                if (Math.abs(dx * across + dy * down) <= half && Math.abs(dx * down - dy * across) <= reach) {
                    touched += shape.channels();
                    for (int i = y * shape.width() + x; i < image.length; i += shape.pixels()) {
                        image[i] = clamp(image[i] + light);
                    }
                }
            }
        }
        return touched;
    }

    private int cover(float[] image, float[] other, SplittableRandom random) {
        Rectangle at = rectangle(1.0 / 4, 1.0 / 2, random);
        int rollX = random.nextInt(shape.width());
        int rollY = random.nextInt(shape.height());
        boolean flipX = random.nextBoolean();
        boolean flipY = random.nextBoolean();
        for (int y = at.top; y < at.top + at.height; y++) {
            int fromY = ((flipY ? shape.height() - 1 - y : y) + rollY) % shape.height();
            for (int x = at.left; x < at.left + at.width; x++) {
                int fromX = ((flipX ? shape.width() - 1 - x : x) + rollX) % shape.width();
                for (int c = 0; c < shape.channels(); c++) {
                    int plane = c * shape.pixels();
                    image[plane + y * shape.width() + x] = other[plane + fromY * shape.width() + fromX];
                }
            }
        }
        return at.height * at.width * shape.channels();
    }

    private float[] other(int index, SplittableRandom random) {
        int other = random.nextInt(normals.size() - 1);
        return normals.get(other < index ? other : other + 1);
    }

    private record Rectangle(int top, int left, int height, int width) {}

    /** Anywhere in the picture, with sides between two shares of the picture's. */
    private Rectangle rectangle(double least, double most, SplittableRandom random) {
        int height = (int) Math.round(shape.height() * random.nextDouble(least, most));
        int width = (int) Math.round(shape.width() * random.nextDouble(least, most));
        return new Rectangle(
                random.nextInt(shape.height() - height + 1), random.nextInt(shape.width() - width + 1), height, width);
    }

    private static double change(float[] before, float[] after) {
        double sum = 0;
        for (int i = 0; i < before.length; i++) {
            sum += Math.abs(after[i] - before[i]);
        }
        return sum;
    }

    private static float clamp(double value) {
        return (float) Math.max(0, Math.min(1, value));
    }
}
