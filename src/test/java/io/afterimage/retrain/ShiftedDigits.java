package io.afterimage.retrain;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.ImageSet;
import io.afterimage.image.InputTensor;
import io.afterimage.image.LabelledImage;
import io.afterimage.model.Analysis;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** Digits as the shipped model takes them, what becomes of them when a stream changes or breaks, and what the model says. */
final class ShiftedDigits {
    static final ScoringModel MODEL = load();
    private static final int SIDE = 28;
    private static final int BATCH = 64;

    private ShiftedDigits() {}

    private static ScoringModel load() {
        try {
            return ScoringModel.load(ModelArtifact.builtin());
        } catch (ModelRejectedException e) {
            throw new AssertionError(e);
        }
    }

    static List<float[]> images(String set, int skipped, int count) {
        List<float[]> images = new ArrayList<>(count);
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        try (ImageSet all = ImageSet.open(set)) {
            int place = 0;
            for (LabelledImage image : all) {
                if (place++ >= skipped && images.size() < count) {
                    float[] values = new float[MODEL.shape().size()];
                    InputTensor.write(image.raster(decoder), MODEL.shape(), values, 0);
                    images.add(values);
                }
            }
        } catch (IOException | ImageRejectedException e) {
            throw new AssertionError(e);
        }
        return images;
    }

    static List<Analysis> analyses(List<float[]> images) {
        List<Analysis> analyses = new ArrayList<>(images.size());
        int size = MODEL.shape().size();
        for (int from = 0; from < images.size(); from += BATCH) {
            int count = Math.min(BATCH, images.size() - from);
            float[] batch = new float[count * size];
            for (int i = 0; i < count; i++) {
                System.arraycopy(images.get(from + i), 0, batch, i * size, size);
            }
            analyses.addAll(MODEL.analyse(batch, count));
        }
        return analyses;
    }

    static UnaryOperator<float[]> inverted() {
        return shade(1, -1);
    }

    static UnaryOperator<float[]> darkened() {
        return shade(0, 0.5f);
    }

    /** Every shade becomes {@code black + gain · shade}, within [0, 1]. */
    static UnaryOperator<float[]> shade(float black, float gain) {
        return digit -> {
            float[] shaded = new float[digit.length];
            for (int i = 0; i < digit.length; i++) {
                shaded[i] = Math.max(0, Math.min(1, black + gain * digit[i]));
            }
            return shaded;
        };
    }

    /** Means over 3 × 3 pixels, {@code times} over. */
    static UnaryOperator<float[]> blurred(int times) {
        return digit -> {
            float[] blurred = digit;
            for (int i = 0; i < times; i++) {
                blurred = blurredOnce(blurred);
            }
            return blurred;
        };
    }

    private static float[] blurredOnce(float[] digit) {
        float[] blurred = new float[digit.length];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                float sum = 0;
                int pixels = 0;
                for (int v = Math.max(0, y - 1); v <= Math.min(SIDE - 1, y + 1); v++) {
                    for (int u = Math.max(0, x - 1); u <= Math.min(SIDE - 1, x + 1); u++) {
                        sum += digit[v * SIDE + u];
                        pixels++;
                    }
                }
                blurred[y * SIDE + x] = sum / pixels;
            }
        }
        return blurred;
    }

    static UnaryOperator<float[]> noisy(SplittableRandom random) {
        return digit -> {
            float[] noisy = new float[digit.length];
            for (int i = 0; i < digit.length; i++) {
                noisy[i] = (float) Math.max(0, Math.min(1, digit[i] + 0.25 * random.nextGaussian()));
            }
            return noisy;
        };
    }

    /** Nothing of the digit remains. */
    static UnaryOperator<float[]> noise(SplittableRandom random) {
        return digit -> {
            float[] noise = new float[digit.length];
            for (int i = 0; i < digit.length; i++) {
                noise[i] = (float) random.nextDouble();
            }
            return noise;
        };
    }

    /** Everything below a line is moved sideways. */
    static UnaryOperator<float[]> torn(SplittableRandom random) {
        return digit -> {
            int line = 9 + random.nextInt(9);
            int shift = (7 + random.nextInt(7)) * (random.nextBoolean() ? 1 : -1);
            float[] torn = digit.clone();
            for (int y = line; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    int from = x - shift;
                    torn[y * SIDE + x] = from < 0 || from >= SIDE ? 0 : digit[y * SIDE + from];
                }
            }
            return torn;
        };
    }

    /** A block of one grey lies somewhere near the middle. */
    static UnaryOperator<float[]> occluded(SplittableRandom random) {
        return digit -> {
            float[] occluded = digit.clone();
            int left = 7 + random.nextInt(7);
            int top = 7 + random.nextInt(7);
            float grey = (float) random.nextDouble(0.5, 1);
            for (int y = top; y < top + 9; y++) {
                for (int x = left; x < left + 9; x++) {
                    occluded[y * SIDE + x] = grey;
                }
            }
            return occluded;
        };
    }

    /** The camera shows one broken picture again and again, and a little of its own noise. */
    static UnaryOperator<float[]> frozen(float[] picture, SplittableRandom random) {
        return digit -> {
            float[] frozen = new float[digit.length];
            for (int i = 0; i < digit.length; i++) {
                frozen[i] = (float) Math.max(0, Math.min(1, picture[i] + 0.02 * random.nextGaussian()));
            }
            return frozen;
        };
    }
}
