package io.afterimage.retrain;

import io.afterimage.image.InputShape;
import io.afterimage.train.TrainingImages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Images of a window, split at random: what a candidate is trained and calibrated on, and what neither has seen.
 *
 * @param learning what a candidate may learn from
 * @param heldOut what candidate and current model are compared on
 */
public record WindowParts(TrainingImages learning, List<float[]> heldOut) {
    /** The fewest images that a candidate can be trained, calibrated and judged with. */
    public static final int FEWEST = 150;

    /** More make the gate slower, not wiser. */
    public static final int MOST_HELD_OUT = 1_000;

    private static final double HELD_OUT_SHARE = 0.2;

    public WindowParts {
        heldOut = List.copyOf(heldOut);
    }

    /**
     * Splits images at random; the same seed gives the same parts. A fifth is held out, at most {@value
     * #MOST_HELD_OUT} images.
     *
     * @param images each {@code shape.size()} values in [0, 1]
     * @throws IllegalArgumentException when there are fewer than {@value #FEWEST}
     */
    public static WindowParts split(InputShape shape, List<float[]> images, long seed) {
        if (images.size() < FEWEST) {
            throw new IllegalArgumentException(
                    "a window of %d images is too small to learn from; %d are needed, better 2,000"
                            .formatted(images.size(), FEWEST));
        }
        List<float[]> shuffled = new ArrayList<>(images);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            Collections.swap(shuffled, i, random.nextInt(i + 1));
        }
        int heldOut = (int) Math.min(MOST_HELD_OUT, Math.ceil(HELD_OUT_SHARE * shuffled.size()));
        return new WindowParts(
                TrainingImages.split(shape, shuffled.subList(heldOut, shuffled.size()), random.nextLong()),
                shuffled.subList(0, heldOut));
    }

    InputShape shape() {
        return learning.shape();
    }
}
