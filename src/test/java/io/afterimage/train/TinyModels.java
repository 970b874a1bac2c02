package io.afterimage.train;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.ImageSet;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.LabelledImage;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.ModelArtifact;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Models for every task but scoring that are trained within a second or two: they learned something, little. */
public final class TinyModels {
    public static final InputShape SHAPE = new InputShape(1, 28, 28);

    private static final int IMAGES = 60;
    private static final GenerativeArchitecture.Loss LOSS =
            new GenerativeArchitecture.Loss(GenerativeArchitecture.Pixels.BCE, 1);

    private TinyModels() {}

    public static ModelArtifact denoising(String name, long seed) {
        return train(name, new Goal.Denoise(Noise.FOG, 8), SHAPE, seed);
    }

    public static ModelArtifact upscaling(String name, long seed) {
        return upscaling(name, SHAPE, seed);
    }

    public static ModelArtifact upscaling(String name, InputShape shape, long seed) {
        return train(name, new Goal.SuperResolve(8), shape, seed);
    }

    /** A variational one with latent vectors of that length. */
    public static ModelArtifact generating(String name, int latent, long seed) {
        return generating(name, SHAPE, latent, seed);
    }

    public static ModelArtifact generating(String name, InputShape shape, int latent, long seed) {
        return train(name, new Goal.Generate(GenerativeArchitecture.VARIATIONAL, latent, LOSS), shape, seed);
    }

    private static ModelArtifact train(String name, Goal goal, InputShape shape, long seed) {
        return new NetworkTrainer(Clock.systemUTC())
                .train(
                        shape,
                        images(shape),
                        goal,
                        new NetworkTrainer.Request(name, 1, seed, "test", "builtin:digits"),
                        step -> {});
    }

    private static List<float[]> images(InputShape shape) {
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        List<float[]> images = new ArrayList<>();
        try (ImageSet set = ImageSet.open("builtin:digits-test")) {
            for (LabelledImage image : set) {
                if (images.size() == IMAGES) {
                    break;
                }
                float[] pixels = new float[shape.size()];
                InputTensor.write(decoder.decode(image.encoded(), null), shape, pixels, 0);
                images.add(pixels);
            }
        } catch (IOException | ImageRejectedException e) {
            throw new AssertionError(e);
        }
        return images;
    }
}
