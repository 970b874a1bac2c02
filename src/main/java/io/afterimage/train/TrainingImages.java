package io.afterimage.train;

import io.afterimage.image.InputShape;
import io.afterimage.model.FeatureMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Unlabelled images in the network's input shape: most to train on, a part to measure the fusion on, a part to calibrate with.
 * The parts must not overlap, so that a verdict is calibrated on images the network has not seen.
 *
 * @param shape of every image
 * @param training images to train on, each {@code shape.size()} values in [0, 1], in random order; at least {@value
 *     FeatureMemory#NEIGHBOURS}
 * @param fusion images held out for means and deviations of the raw scores, at least two
 * @param calibration images held out for p-values, at least one
 */
public record TrainingImages(
        InputShape shape, List<float[]> training, List<float[]> fusion, List<float[]> calibration) {
    /** The fewest images a model can be trained and calibrated with. */
    public static final int FEWEST = 60;

    private static final double FUSION_SHARE = 0.07;
    private static final int MOST_FUSION = 1_000;
    private static final double CALIBRATION_SHARE = 0.3;
    private static final int MOST_CALIBRATION = 5_000;

    public TrainingImages {
        training = List.copyOf(training);
        fusion = List.copyOf(fusion);
        calibration = List.copyOf(calibration);
        if (training.size() < FeatureMemory.NEIGHBOURS || fusion.size() < 2 || calibration.isEmpty()) {
            throw new IllegalArgumentException(
                    "%d images to train on, %d for the fusion and %d to calibrate with are too few"
                            .formatted(training.size(), fusion.size(), calibration.size()));
        }
    }

    /**
     * Splits images at random.
     *
     * @throws IllegalArgumentException when there are fewer than {@value #FEWEST}
     */
    public static TrainingImages split(InputShape shape, List<float[]> images, long seed) {
        if (images.size() < FEWEST) {
            throw new IllegalArgumentException(
                    "%d images are too few to train and calibrate a model; give at least %d, better 1,000"
                            .formatted(images.size(), FEWEST));
        }
        List<float[]> shuffled = new ArrayList<>(images);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            java.util.Collections.swap(shuffled, i, random.nextInt(i + 1));
        }
        int fusion = forFusion(images.size());
        int calibration = forCalibration(images.size());
        return new TrainingImages(
                shape,
                shuffled.subList(fusion + calibration, shuffled.size()),
                shuffled.subList(0, fusion),
                shuffled.subList(fusion, fusion + calibration));
    }

    /** How many of so many images are left to train on. */
    static int learned(int images) {
        return Math.max(1, images - forFusion(images) - forCalibration(images));
    }

    private static int forFusion(int images) {
        return (int) Math.min(MOST_FUSION, Math.ceil(FUSION_SHARE * images));
    }

    private static int forCalibration(int images) {
        return (int) Math.min(MOST_CALIBRATION, Math.ceil(CALIBRATION_SHARE * images));
    }
}
