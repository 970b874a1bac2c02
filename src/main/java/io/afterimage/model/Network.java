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
import ai.djl.training.ParameterStore;
import io.afterimage.image.InputShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A network of one of the {@linkplain Architecture architectures}: layers with names, and their numbers to and from bytes. */
public abstract sealed class Network extends AbstractBlock
        permits ConvolutionalAutoencoder, DenoisingNetwork, UpscalingNetwork, GenerativeNetwork {
    private static final float LEAK = 0.1f;

    private final List<Layer> layers = new ArrayList<>();
    private long numbers;

    /** A layer and the shape of what goes in: for a convolution only the channels count. */
    private record Layer(Block block, Shape input) {}

    /** A convolution, batch normalisation and a leaky ReLU. */
    record Stage(BlockedConvolution convolution, BatchNorm norm) {
        NDArray forward(ParameterStore parameters, NDArray x, boolean training) {
            return leaky(apply(norm, parameters, apply(convolution, parameters, x, training), training));
        }
    }

    /** A network with fresh parameters. */
    public static Network initialized(NDManager manager, Architecture architecture) {
        return of(architecture).initialized(manager);
    }

    private Network initialized(NDManager manager) {
        InputShape input = architecture().input();
        initialize(manager, DataType.FLOAT32, new Shape(1, input.channels(), input.height(), input.width()));
        return this;
    }

    /**
     * A network with room for the parameters of a model.
     *
     * @throws ModelRejectedException when its architecture has more parameters than its weights file, seen before memory is taken
     */
    static Network initialized(NDManager manager, ModelArtifact artifact) throws ModelRejectedException {
        Network network = of(artifact.manifest().architecture());
        if (network.numbers * Float.BYTES > artifact.weights().length) {
            throw new ModelRejectedException(
                    "manifest and weights do not fit together: a network of %,d numbers in %,d bytes"
                            .formatted(network.numbers, artifact.weights().length));
        }
        return network.initialized(manager);
    }

    private static Network of(Architecture architecture) {
        if (architecture instanceof AutoencoderArchitecture autoencoder) {
            return new ConvolutionalAutoencoder(autoencoder);
        }
        if (architecture instanceof DenoisingArchitecture denoising) {
            return new DenoisingNetwork(denoising);
        }
        if (architecture instanceof UpscalingArchitecture upscaling) {
            return new UpscalingNetwork(upscaling);
        }
        return new GenerativeNetwork((GenerativeArchitecture) architecture);
    }

    public abstract Architecture architecture();

    Stage stage(String name, int from, int to, int stride) {
        numbers += 4L * to;
        return new Stage(
                convolution(name, from, to, stride, false),
                layer(name + "norm", BatchNorm.builder().build(), new Shape(1, to, 1, 1)));
    }

    /** A convolution of 3×3 pixels whose output is as large as its input divided by the stride, rounded up. */
    BlockedConvolution convolution(String name, int from, int to, int stride, boolean bias) {
        numbers += 9L * from * to + (bias ? to : 0);
        return layer(
                name,
                new BlockedConvolution(Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(to)
                        .optStride(new Shape(stride, stride))
                        .optPadding(new Shape(1, 1))
                        .optBias(bias)),
                new Shape(1, from, 4, 4));
    }

    Linear linear(String name, int from, int to) {
        numbers += ((long) from + 1) * to;
        return layer(name, Linear.builder().setUnits(to).build(), new Shape(1, from));
    }

    private <B extends Block> B layer(String name, B block, Shape input) {
        layers.add(new Layer(block, input));
        return addChildBlock(name, block);
    }

    static NDArray apply(Block block, ParameterStore parameters, NDArray x, boolean training) {
        return block.forward(parameters, new NDList(x), training).singletonOrThrow();
    }

    static NDArray leaky(NDArray x) {
        return Activation.leakyRelu(x, LEAK);
    }

    /** Each pixel becomes a square of as many times its size, cropped or not to these rows and columns. */
    static NDArray nearest(NDArray x, long rows, long columns) {
        return x.getNDArrayInternal().interpolation(new long[] {rows, columns}, 0, false);
    }

    /**
     * Pixel shuffle ×2 (Shi et al., CVPR 2016): four channels become a square of 2×2 pixels; cropped to rows and columns. PyTorch's
     * transposed convolution is not available in DJL; a convolution followed by a shuffle trains as well.
     */
    static NDArray shuffle(NDArray y, int channels, long rows, long columns) {
        long n = y.getShape().get(0);
        long h = y.getShape().get(2);
        long w = y.getShape().get(3);
        NDArray doubled =
                y.reshape(n, channels, 2, 2, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(n, channels, 2 * h, 2 * w);
        return 2 * h == rows && 2 * w == columns ? doubled : doubled.get(":, :, :{}, :{}", rows, columns);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        layers.forEach(layer -> layer.block().initialize(manager, type, layer.input()));
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

    /** Parameters as the bytes of a weights file. */
    public byte[] weights() {
        return weights(Map.of());
    }

    /** Parameters and other tensors as the bytes of a weights file. */
    byte[] weights(Map<String, SafeTensors.Tensor> others) {
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        namedParameters()
                .forEach((name, parameter) -> tensors.put(
                        name,
                        new SafeTensors.Tensor(
                                dimensions(parameter.getShape()),
                                parameter.getArray().toFloatArray())));
        tensors.putAll(others);
        return SafeTensors.write(tensors);
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

    private static List<Long> dimensions(Shape shape) {
        return Arrays.stream(shape.getShape()).boxed().toList();
    }
}
