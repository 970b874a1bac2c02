package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.afterimage.image.InputShape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A convolutional autoencoder without skip connections, which would let defects through.
 *
 * <pre>
 *   image  C×H×W ─ conv ↓2 ─ conv ↓2 ─ conv ↓2 ─┬─ linear ─ latent ─ linear ─ conv ↑2 ─ conv ↑2 ─ conv, shuffle ↑2 ─ sigmoid
 *                    16        32        64     └─ features                   32        16        4·C
 * </pre>
 *
 * Sides are halved rounding up, and the decoder returns to the encoder's sizes, so any picture fits. PyTorch's transposed
 * convolution is not available in DJL; a convolution followed by a pixel shuffle trains as well.
 *
 * <p>Input: {@code n × C × H × W} in [0, 1]. Outputs: the reconstruction, same shape and range; the latent vectors, {@code n ×
 * latent}; the features, {@code n × features}, the pooled third map, which is what nearest neighbours are looked for in.
 */
public final class ConvolutionalAutoencoder extends AbstractBlock {
    private static final float LEAK = 0.1f;

    private final Architecture architecture;
    private final Stage[] encoder = new Stage[3];
    private final Linear toLatent;
    private final Linear fromLatent;
    private final Stage[] decoder = new Stage[2];
    private final Conv2d toPixels;

    /** A convolution, batch normalisation and a leaky ReLU. */
    private record Stage(Conv2d convolution, BatchNorm norm) {
        NDArray forward(ParameterStore parameters, NDArray x, boolean training) {
            NDArray convolved =
                    convolution.forward(parameters, new NDList(x), training).singletonOrThrow();
            NDArray normal =
                    norm.forward(parameters, new NDList(convolved), training).singletonOrThrow();
            return Activation.leakyRelu(normal, LEAK);
        }

        Shape initialize(NDManager manager, DataType type, Shape input) {
            convolution.initialize(manager, type, input);
            Shape output = convolution.getOutputShapes(new Shape[] {input})[0];
            norm.initialize(manager, type, output);
            return output;
        }
    }

    public ConvolutionalAutoencoder(Architecture architecture) {
        this.architecture = architecture;
        int[] widths = Architecture.WIDTHS;
        for (int i = 0; i < 3; i++) {
            encoder[i] = stage("encoder" + (i + 1), widths[i], 2);
        }
        toLatent = addChildBlock(
                "latent", Linear.builder().setUnits(architecture.latent()).build());
        int bottom = widths[2] * architecture.rows(3) * architecture.columns(3);
        fromLatent = addChildBlock("expand", Linear.builder().setUnits(bottom).build());
        decoder[0] = stage("decoder1", widths[1], 1);
        decoder[1] = stage("decoder2", widths[0], 1);
        toPixels = addChildBlock(
                "pixels", convolution(4 * architecture.input().channels(), 1).build());
    }

    /** A network with fresh parameters. */
    public static ConvolutionalAutoencoder initialized(NDManager manager, Architecture architecture) {
        InputShape input = architecture.input();
        ConvolutionalAutoencoder network = new ConvolutionalAutoencoder(architecture);
        network.initialize(manager, DataType.FLOAT32, new Shape(1, input.channels(), input.height(), input.width()));
        return network;
    }

    public Architecture architecture() {
        return architecture;
    }

    private Stage stage(String name, int filters, int stride) {
        return new Stage(
                addChildBlock(name, convolution(filters, stride).optBias(false).build()),
                addChildBlock(name + "norm", BatchNorm.builder().build()));
    }

    private static Conv2d.Builder convolution(int filters, int stride) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .setFilters(filters)
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(1, 1));
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
        NDArray latent = toLatent.forward(parameters, new NDList(x.reshape(n, -1)), training)
                .singletonOrThrow();
        NDArray expanded =
                fromLatent.forward(parameters, new NDList(latent), training).singletonOrThrow();
        NDArray y = Activation.leakyRelu(expanded, LEAK)
                .reshape(n, Architecture.WIDTHS[2], architecture.rows(3), architecture.columns(3));
        for (int i = 0; i < 2; i++) {
            y = decoder[i].forward(parameters, y, training);
            long[] size = {architecture.rows(2 - i), architecture.columns(2 - i)};
            y = y.getNDArrayInternal().interpolation(size, 0, false);
        }
        y = toPixels.forward(parameters, new NDList(y), training).singletonOrThrow();
        return new NDList(Activation.sigmoid(shuffle(y)), latent, features);
    }

    /** The features of a third map: pooled and flattened. */
    NDArray features(NDArray map) {
        long n = map.getShape().get(0);
        Shape cell = new Shape(architecture.pooledRows(), architecture.pooledColumns());
        NDArray pooled = cell.size() == 1 ? map : Pool.avgPool2d(map, cell, cell, new Shape(0, 0), false, true);
        return pooled.reshape(n, -1);
    }

    /** Pixel shuffle ×2 (Shi et al., CVPR 2016): four channels become a square of 2×2 pixels, cropped to the picture. */
    private NDArray shuffle(NDArray y) {
        long n = y.getShape().get(0);
        long h = y.getShape().get(2);
        long w = y.getShape().get(3);
        int channels = architecture.input().channels();
        NDArray doubled =
                y.reshape(n, channels, 2, 2, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(n, channels, 2 * h, 2 * w);
        int height = architecture.input().height();
        int width = architecture.input().width();
        return 2 * h == height && 2 * w == width ? doubled : doubled.get(":, :, :{}, :{}", height, width);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape shape = inputShapes[0];
        for (Stage stage : encoder) {
            shape = stage.initialize(manager, type, shape);
        }
        long n = shape.get(0);
        toLatent.initialize(manager, type, new Shape(n, shape.size() / n));
        fromLatent.initialize(manager, type, new Shape(n, architecture.latent()));
        for (int i = 0; i < 2; i++) {
            shape = decoder[i].initialize(manager, type, shape);
            shape = new Shape(n, shape.get(1), architecture.rows(2 - i), architecture.columns(2 - i));
        }
        toPixels.initialize(manager, type, shape);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        long n = inputShapes[0].get(0);
        return new Shape[] {inputShapes[0], new Shape(n, architecture.latent()), new Shape(n, architecture.features())};
    }

    /** Every parameter by a stable name such as {@code encoder1.weight} or {@code encoder1norm.runningMean}. */
    public Map<String, Parameter> namedParameters() {
        Map<String, Parameter> named = new LinkedHashMap<>();
        for (var child : getChildren()) {
            Block block = child.getValue();
            // DJL prefixes a child's name with its two-digit position.
            String name = child.getKey().substring(2);
            for (var parameter : block.getDirectParameters()) {
                named.put(name + "." + parameter.getKey(), parameter.getValue());
            }
        }
        return named;
    }

    /** Parameters and feature memory as the bytes of a weights file. */
    public byte[] weights(FeatureMemory memory) {
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        namedParameters()
                .forEach((name, parameter) -> tensors.put(
                        name,
                        new SafeTensors.Tensor(
                                dimensions(parameter.getShape()),
                                parameter.getArray().toFloatArray())));
        tensors.putAll(memory.tensors());
        return SafeTensors.write(tensors);
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
        ModelManifest.Scoring scoring = manifest.scoring();
        restore(
                artifact.weights(),
                FeatureMemory.shapes(architecture.features(), scoring.components(), scoring.memory()));
    }

    /** Takes parameters from a weights file; gives all its tensors, those of {@code others} among them. */
    Map<String, SafeTensors.Tensor> restore(byte[] weights, Map<String, List<Long>> others)
            throws ModelRejectedException {
        Map<String, List<Long>> expected = new LinkedHashMap<>();
        namedParameters().forEach((name, parameter) -> expected.put(name, dimensions(parameter.getShape())));
        expected.putAll(others);
        Map<String, SafeTensors.Tensor> tensors = SafeTensors.read(weights, expected);
        namedParameters()
                .forEach((name, parameter) -> parameter
                        .getArray()
                        .set(Objects.requireNonNull(tensors.get(name)).values()));
        return tensors;
    }

    static List<Long> dimensions(Shape shape) {
        return Arrays.stream(shape.getShape()).boxed().toList();
    }
}
