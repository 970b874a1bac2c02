package io.afterimage.retrain;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.ImageSet;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.LabelledImage;
import io.afterimage.model.ModelArtifact;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.TrainingImages;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Images that come with the software, as a network takes them, and small models of them. */
final class Shipped {
    static final InputShape SHAPE = new InputShape(1, 28, 28);
    static final ModelTrainer TRAINER =
            new ModelTrainer(Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC));

    private Shipped() {}

    static List<float[]> images(String set, int most) {
        return images(set, image -> true, most);
    }

    static List<float[]> images(String set, Predicate<LabelledImage> wanted, int most) {
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        List<float[]> images = new ArrayList<>();
        try (ImageSet source = ImageSet.open(set)) {
            for (LabelledImage image : source) {
                if (images.size() == most) {
                    break;
                }
                if (wanted.test(image)) {
                    float[] values = new float[SHAPE.size()];
                    InputTensor.write(image.raster(decoder), SHAPE, values, 0);
                    images.add(values);
                }
            }
        } catch (IOException | ImageRejectedException e) {
            throw new AssertionError(e);
        }
        return images;
    }

    static List<float[]> inverted(List<float[]> images) {
        return images.stream()
                .map(image -> {
                    float[] inverted = new float[image.length];
                    for (int i = 0; i < image.length; i++) {
                        inverted[i] = 1 - image[i];
                    }
                    return inverted;
                })
                .toList();
    }

    static ModelTrainer.Request request(int epochs, long seed) {
        return new ModelTrainer.Request(
                "digits", 32, epochs, seed, 1_000, ScoreRecipe.FAST, "afterimage retrain", "shipped images");
    }

    static ModelArtifact trained(List<float[]> images, int epochs) {
        return TRAINER.train(TrainingImages.split(SHAPE, images, 3), request(epochs, 3), step -> {});
    }
}
