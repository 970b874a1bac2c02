package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.afterimage.image.InputShape;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * A model that makes pictures from latent vectors, and latent vectors from pictures. Any number of threads may use it at once. Close it
 * only after its last caller has returned.
 */
public final class GenerativeModel implements LoadedModel {
    private final ModelManifest manifest;
    private final GenerativeArchitecture architecture;
    private final LoadedNetwork loaded;
    private final GenerativeNetwork network;

    /**
     * What an encoder makes of pictures.
     *
     * @param means {@code n × latent}
     * @param logSigmas natural logarithms of the standard deviations, {@code n × latent}; empty for an adversarial model
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Encoded(float[] means, float[] logSigmas) {}

    /**
     * The two losses of each picture, see {@link GenerativeLoss}.
     *
     * @param reconstruction of one draw of z, by the pixel loss of the architecture
     * @param divergence from the prior in nats; 0 for an adversarial model, which has points and no distributions
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Losses(float[] reconstruction, float[] divergence) {}

    private GenerativeModel(ModelManifest manifest, LoadedNetwork loaded) {
        this.manifest = manifest;
        this.loaded = loaded;
        this.network = (GenerativeNetwork) loaded.network();
        this.architecture = network.architecture();
    }

    /**
     * Loads a model whose checksum was verified.
     *
     * @throws ModelRejectedException when it is for another task, or weights and architecture do not fit together
     */
    public static GenerativeModel load(ModelArtifact artifact) throws ModelRejectedException {
        return new GenerativeModel(artifact.manifest(), LoadedNetwork.of(artifact, List.of(Task.GENERATE), Map.of()));
    }

    @Override
    public ModelManifest manifest() {
        return manifest;
    }

    /** What {@link #encode} takes and {@link #decode} gives. */
    public InputShape shape() {
        return architecture.input();
    }

    /** Length of a latent vector. */
    public int latent() {
        return architecture.latent();
    }

    /** Latent vectors of {@code count} pictures, each {@code channels × height × width} values in [0, 1]. */
    public Encoded encode(float[] pictures, int count) {
        try (NDManager manager = loaded.begin()) {
            NDList encoded = network.encode(parameters(manager), batch(manager, pictures, count), false);
            return new Encoded(
                    encoded.get(0).toFloatArray(),
                    encoded.size() > 1 ? encoded.get(1).toFloatArray() : new float[0]);
        }
    }

    /** Pictures of {@code count} latent vectors, each {@code channels × height × width} values in [0, 1]. */
    public float[] decode(float[] latents, int count) {
        try (NDManager manager = loaded.begin()) {
            NDArray z = manager.create(latents, new Shape(count, latent()));
            return GenerativeNetwork.pictures(network.decode(parameters(manager), z, false))
                    .toFloatArray();
        }
    }

    /** Latent vectors drawn from the prior, a standard normal distribution; the same for the same seed. */
    public float[] draw(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] latents = new float[Math.multiplyExact(count, latent())];
        for (int i = 0; i < latents.length; i++) {
            latents[i] = (float) random.nextGaussian();
        }
        return latents;
    }

    /**
     * What the model loses of {@code count} pictures, each {@code channels × height × width} values in [0, 1].
     *
     * @param noise the draw of z, {@code count × latent} standard normal values, see {@link #draw}
     */
    public Losses losses(float[] pictures, int count, float[] noise) {
        try (NDManager manager = loaded.begin()) {
            NDArray batch = batch(manager, pictures, count);
            NDList encoded = network.encode(parameters(manager), batch, false);
            NDArray z = encoded.get(0);
            float[] divergence = new float[count];
            if (architecture.variational()) {
                z = z.add(encoded.get(1).exp().mul(manager.create(noise, new Shape(count, latent()))));
                divergence = GenerativeLoss.divergence(encoded.get(0), encoded.get(1))
                        .toFloatArray();
            }
            NDArray logits = network.decode(parameters(manager), z, false);
            return new Losses(
                    GenerativeLoss.reconstruction(architecture.loss().pixels(), logits, batch)
                            .toFloatArray(),
                    divergence);
        }
    }

    /**
     * Latent vectors on the way from one to another, both ends included.
     *
     * @param ends two latent vectors, one after the other
     * @param steps vectors given, at least 2
     */
    public static float[] walk(float[] ends, int steps) {
        int latent = ends.length / 2;
        float[] vectors = new float[steps * latent];
        for (int step = 0; step < steps; step++) {
            float share = (float) step / (steps - 1);
            for (int i = 0; i < latent; i++) {
                vectors[step * latent + i] = (1 - share) * ends[i] + share * ends[latent + i];
            }
        }
        return vectors;
    }

    /**
     * Latent vectors of two dimensions, row by row, such that as much of the prior lies between any neighbours: the first dimension grows
     * along a row, the second from the last row to the first.
     *
     * @param side rows and columns, at least 1
     */
    public static float[] grid(int side) {
        NormalDistribution prior = NormalDistribution.of(0, 1);
        float[] vectors = new float[2 * side * side];
        int at = 0;
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                vectors[at++] = (float) prior.inverseCumulativeProbability((column + 0.5) / side);
                vectors[at++] = (float) prior.inverseCumulativeProbability((side - row - 0.5) / side);
            }
        }
        return vectors;
    }

    private static ParameterStore parameters(NDManager manager) {
        return new ParameterStore(manager, false);
    }

    private NDArray batch(NDManager manager, float[] pictures, int count) {
        InputShape shape = shape();
        return manager.create(pictures, new Shape(count, shape.channels(), shape.height(), shape.width()));
    }

    @Override
    public void close() {
        loaded.holder().close();
    }
}
