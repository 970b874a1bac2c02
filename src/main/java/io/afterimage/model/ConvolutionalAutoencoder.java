package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.afterimage.image.InputShape;
import org.jspecify.annotations.Nullable;

/**
 * A convolutional autoencoder without skip connections, which would let defects through.
 *
 * <pre>
 *   image  C×H×W ─ conv ↓2 ─ conv ↓2 ─ conv ↓2 ─┬─ linear ─ latent ─ linear ─ conv ↑2 ─ conv ↑2 ─ conv, shuffle ↑2 ─ sigmoid
 *                    16        32        64     └─ features                   32        16        4·C
 * </pre>
 *
 * Sides are halved rounding up, and the decoder returns to the encoder's sizes, so any picture fits.
 *
 * <p>Input: {@code n × C × H × W} in [0, 1]. Outputs: the reconstruction, same shape and range; the latent vectors, {@code n ×
 * latent}; the features, {@code n × features}, the pooled third map, which is what nearest neighbours are looked for in.
 */
public final class ConvolutionalAutoencoder extends Network {
    private final AutoencoderArchitecture architecture;
    private final Stage[] encoder = new Stage[3];
    private final Linear toLatent;
    private final Linear fromLatent;
    private final Stage[] decoder = new Stage[2];
    private final BlockedConvolution toPixels;

    ConvolutionalAutoencoder(AutoencoderArchitecture architecture) {
        this.architecture = architecture;
        int[] widths = AutoencoderArchitecture.WIDTHS;
        int channels = architecture.input().channels();
        for (int i = 0; i < 3; i++) {
            encoder[i] = stage("encoder" + (i + 1), i == 0 ? channels : widths[i - 1], widths[i], 2);
        }
        int bottom = widths[2] * architecture.rows(3) * architecture.columns(3);
        toLatent = linear("latent", bottom, architecture.latent());
        fromLatent = linear("expand", architecture.latent(), bottom);
        decoder[0] = stage("decoder1", widths[2], widths[1], 1);
        decoder[1] = stage("decoder2", widths[1], widths[0], 1);
        toPixels = convolution("pixels", widths[0], 4 * channels, 1, true);
    }

    /** A network with fresh parameters. */
    public static ConvolutionalAutoencoder initialized(NDManager manager, AutoencoderArchitecture architecture) {
        return (ConvolutionalAutoencoder) Network.initialized(manager, architecture);
    }

    @Override
    public AutoencoderArchitecture architecture() {
        return architecture;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameters, NDList inputs, boolean training, @Nullable PairList<String, Object> unused) {
        NDArray x = inputs.singletonOrThrow();
        for (Stage stage : encoder) {
            x = stage.forward(parameters, x, training);
        }
        NDArray features = features(x);
        long n = x.getShape().get(0);
        NDArray latent = apply(toLatent, parameters, x.reshape(n, -1), training);
        NDArray y = leaky(apply(fromLatent, parameters, latent, training))
                .reshape(n, AutoencoderArchitecture.WIDTHS[2], architecture.rows(3), architecture.columns(3));
        for (int i = 0; i < 2; i++) {
            y = decoder[i].forward(parameters, y, training);
            y = nearest(y, architecture.rows(2 - i), architecture.columns(2 - i));
        }
        InputShape input = architecture.input();
        y = shuffle(apply(toPixels, parameters, y, training), input.channels(), input.height(), input.width());
        return new NDList(Activation.sigmoid(y), latent, features);
    }

    /** The features of a third map: pooled and flattened. */
    NDArray features(NDArray map) {
        long n = map.getShape().get(0);
        Shape cell = new Shape(architecture.pooledRows(), architecture.pooledColumns());
        NDArray pooled = cell.size() == 1 ? map : Pool.avgPool2d(map, cell, cell, new Shape(0, 0), false, true);
        return pooled.reshape(n, -1);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        long n = inputShapes[0].get(0);
        return new Shape[] {inputShapes[0], new Shape(n, architecture.latent()), new Shape(n, architecture.features())};
    }

    /** Parameters, and what was learned about normal images beside them, as the bytes of a weights file. */
    public byte[] weights(NormalMemory memory) {
        return weights(memory.tensors(architecture.input()));
    }

    /**
     * Takes the parameters of a model of the same architecture.
     *
     * @throws ModelRejectedException when the weights are those of another architecture
     */
    public void restore(ModelArtifact artifact) throws ModelRejectedException {
        ModelManifest manifest = artifact.manifest();
        if (!manifest.architecture().equals(architecture)) {
            throw new ModelRejectedException("model %s has architecture %s, not %s"
                    .formatted(manifest.version(), manifest.architecture(), architecture));
        }
        restore(artifact.weights(), NormalMemory.shapes(manifest));
    }
}
