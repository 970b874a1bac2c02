package io.afterimage.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** Images as the mean image plus a weighted sum of principal components: the linear autoencoder that others have to beat. */
public final class PrincipalReconstruction {
    /** More change the leading components by less than they differ between samples. */
    private static final int MOST_IMAGES = 10_000;

    private final PrincipalComponents principal;
    private final int components;

    private PrincipalReconstruction(PrincipalComponents principal) {
        this.principal = principal;
        this.components = principal.variances().length;
    }

    /**
     * Learns from images, at most {@value #MOST_IMAGES} of them, drawn at random.
     *
     * @param images at least two, all of one length
     * @param components at least 1
     */
    public static PrincipalReconstruction of(List<float[]> images, int components, long seed) {
        List<float[]> sample = new ArrayList<>(images);
        Collections.shuffle(sample, new Random(seed));
        sample = sample.subList(0, Math.min(MOST_IMAGES, sample.size()));
        int length = sample.get(0).length;
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            NDArray vectors = manager.create(ImageBatch.join(sample), new Shape(sample.size(), length));
            return new PrincipalReconstruction(
                    PrincipalComponents.of(manager, vectors, components, new SplittableRandom(seed)));
        }
    }

    /** The sum of squares of what the components leave of an image. */
    public double residualEnergy(float[] image) {
        double energy = 0;
        for (int f = 0; f < image.length; f++) {
            double centred = image[f] - principal.mean()[f];
            energy += centred * centred;
        }
        for (double weight : weights(image)) {
            energy -= weight * weight;
        }
        return Math.max(0, energy);
    }

    /** The weights of an image, the component of the greatest variance first: its embedding. */
    public double[] weights(float[] image) {
        double[] axes = principal.axes();
        double[] weights = new double[components];
        for (int f = 0; f < image.length; f++) {
            double centred = image[f] - principal.mean()[f];
            for (int k = 0; k < components; k++) {
                weights[k] += centred * axes[f * components + k];
            }
        }
        return weights;
    }

    /** What the components can say of an image; values limited to [0, 1]. */
    public float[] reconstruction(float[] image) {
        double[] axes = principal.axes();
        double[] weights = weights(image);
        float[] reconstruction = new float[image.length];
        for (int f = 0; f < image.length; f++) {
            double value = principal.mean()[f];
            for (int k = 0; k < components; k++) {
                value += weights[k] * axes[f * components + k];
            }
            reconstruction[f] = (float) Math.max(0, Math.min(1, value));
        }
        return reconstruction;
    }
}
