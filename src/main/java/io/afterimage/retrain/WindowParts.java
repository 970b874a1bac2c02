package io.afterimage.retrain;

import io.afterimage.image.InputShape;
import io.afterimage.train.TrainingImages;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Images of a window, split at random: what a candidate is trained and calibrated on, and what neither has seen.
 *
 * <p>The part of an image follows from a hash of its pixels. A copy of an image falls into the same part, and an image that a
 * window keeps from one training to the next does so, too. Drawn anew each time, an image that the current model was trained on
 * would calibrate a candidate that begins from it: its scores would be too low, and the alarm rate would come out above alpha.
 *
 * @param learning what a candidate may learn from
 * @param heldOut what candidate and current model are compared on
 */
public record WindowParts(TrainingImages learning, List<float[]> heldOut) {
    /** The fewest images that a candidate can be trained, calibrated and judged with. */
    public static final int FEWEST = 150;

    /** More make a manifest larger and the gate slower, not wiser; they are left out rather than trained on in one window only. */
    private static final int MOST_FOR_RATES = 5_000;

    private static final double HELD_OUT = 0.2;
    private static final double FUSION = 0.26;
    private static final double CALIBRATION = 0.5;
    private static final int FEWEST_OF_A_PART = 5;

    public WindowParts {
        heldOut = List.copyOf(heldOut);
    }

    /** An image and where in [0, 1) its hash lies. */
    @SuppressWarnings("ArrayRecordComponent") // sorted by place, never compared
    private record Placed(float[] image, double place) {}

    /**
     * Splits images: about a fifth is held out, half is trained on, the rest is for fusion and calibration. The same seed gives the
     * same parts, whatever the order of the images.
     *
     * @param images each {@code shape.size()} values in [0, 1]
     * @param seed the same for all trainings of a model
     * @throws IllegalArgumentException when there are fewer than {@value #FEWEST}, or too few different ones
     */
    public static WindowParts split(InputShape shape, List<float[]> images, long seed) {
        if (images.size() < FEWEST) {
            throw new IllegalArgumentException(
                    "a window of %d images is too small to learn from; %d are needed, better 2,000"
                            .formatted(images.size(), FEWEST));
        }
        List<Placed> placed = new ArrayList<>(images.size());
        for (float[] image : images) {
            placed.add(new Placed(image, place(image, seed)));
        }
        placed.sort(Comparator.comparingDouble(Placed::place));
        List<float[]> heldOut = between(placed, 0, HELD_OUT, MOST_FOR_RATES);
        List<float[]> fusion = between(placed, HELD_OUT, FUSION, MOST_FOR_RATES);
        List<float[]> calibration = between(placed, FUSION, CALIBRATION, MOST_FOR_RATES);
        List<float[]> training = between(placed, CALIBRATION, 1, images.size());
        for (List<float[]> part : List.of(heldOut, fusion, calibration, training)) {
            if (part.size() < FEWEST_OF_A_PART) {
                throw new IllegalArgumentException(
                        "of the %d images in the window too few are different from each other; at least %d are needed"
                                .formatted(images.size(), FEWEST));
            }
        }
        return new WindowParts(new TrainingImages(shape, training, fusion, calibration), heldOut);
    }

    private static double place(float[] image, long seed) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + Float.BYTES * image.length);
        bytes.putLong(seed).asFloatBuffer().put(image);
        long hash = ByteBuffer.wrap(sha256().digest(bytes.array())).getLong();
        return (hash >>> 11) * 0x1p-53;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Ordered by their hash, which is a random order. */
    private static List<float[]> between(List<Placed> sorted, double from, double to, int most) {
        return sorted.stream()
                .filter(each -> each.place() >= from && each.place() < to)
                .limit(most)
                .map(Placed::image)
                .toList();
    }

    InputShape shape() {
        return learning.shape();
    }
}
