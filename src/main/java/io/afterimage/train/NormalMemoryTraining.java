package io.afterimage.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.afterimage.image.InputShape;
import io.afterimage.model.ConvolutionalAutoencoder;
import io.afterimage.model.FeatureMemory;
import io.afterimage.model.LatentMemory;
import io.afterimage.model.NormalMemory;
import io.afterimage.score.ScoreRecipe;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** What a trained network makes of normal images, for others to be compared with. */
final class NormalMemoryTraining {
    private static final int BATCH = 64;
    private static final int COMPONENTS = 96;
    /** Keeps the noise of the weakest components from being blown up by whitening. */
    private static final double WHITENING_FLOOR = 0.01;

    private NormalMemoryTraining() {}

    /**
     * Of images as the network sees them.
     *
     * @param sample at least {@value FeatureMemory#NEIGHBOURS}
     * @param recipe what it compares is remembered, but for places, which need the residuals of a whole model
     */
    static NormalMemory run(
            NDManager parent,
            ConvolutionalAutoencoder network,
            InputShape shape,
            List<float[]> sample,
            ScoreRecipe recipe,
            SplittableRandom random) {
        try (NDManager manager = parent.newSubManager()) {
            NDList encoded = encoded(manager, network, shape, sample);
            return new NormalMemory(
                    recipe.usesFeatures() ? Optional.of(whitened(manager, encoded.get(1), random)) : Optional.empty(),
                    recipe.usesDirections() ? Optional.of(directions(encoded.get(0))) : Optional.empty(),
                    Optional.empty());
        }
    }

    private static FeatureMemory whitened(NDManager manager, NDArray features, SplittableRandom random) {
        PrincipalComponents principal = PrincipalComponents.of(manager, features, COMPONENTS, random);
        int components = principal.variances().length;
        double floor =
                WHITENING_FLOOR * Arrays.stream(principal.variances()).average().orElseThrow();
        float[] projection = new float[principal.axes().length];
        double[] offset = new double[components];
        for (int i = 0; i < projection.length; i++) {
            int k = i % components;
            projection[i] = (float) (principal.axes()[i] / Math.sqrt(principal.variances()[k] + floor + 1e-12));
            offset[k] -= (double) principal.mean()[i / components] * projection[i];
        }
        float[] shift = new float[components];
        for (int k = 0; k < components; k++) {
            shift[k] = (float) offset[k];
        }
        NDArray whitened = features.matMul(
                        manager.create(projection, new Shape(projection.length / components, components)))
                .add(manager.create(shift, new Shape(1, components)));
        return new FeatureMemory(projection, shift, whitened.toFloatArray(), components);
    }

    private static LatentMemory directions(NDArray latents) {
        return new LatentMemory(LatentMemory.directions(latents).toFloatArray(), (int)
                latents.getShape().get(1));
    }

    /** Latent vectors and features of images, {@code n × latent} and {@code n × features}. */
    private static NDList encoded(
            NDManager manager, ConvolutionalAutoencoder network, InputShape shape, List<float[]> sample) {
        int latent = network.architecture().latent();
        int features = network.architecture().features();
        float[] latents = new float[Math.multiplyExact(sample.size(), latent)];
        float[] all = new float[Math.multiplyExact(sample.size(), features)];
        for (int from = 0; from < sample.size(); from += BATCH) {
            int count = Math.min(BATCH, sample.size() - from);
            float[] batch = ImageBatch.join(sample.subList(from, from + count));
            try (NDManager inner = manager.newSubManager()) {
                NDArray input = inner.create(batch, new Shape(count, shape.channels(), shape.height(), shape.width()));
                NDList outputs = network.forward(new ParameterStore(inner, false), new NDList(input), false);
                System.arraycopy(outputs.get(1).toFloatArray(), 0, latents, from * latent, count * latent);
                System.arraycopy(outputs.get(2).toFloatArray(), 0, all, from * features, count * features);
            }
        }
        return new NDList(
                manager.create(latents, new Shape(sample.size(), latent)),
                manager.create(all, new Shape(sample.size(), features)));
    }
}
