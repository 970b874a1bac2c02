package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the engine to sums that are written out, for channels that fill its blocks and for others. */
class BlockedConvolutionTest {
    private static final int IMAGES = 5;
    private static final int SIDE = 9;
    private static final Offset<Float> ROUNDING = Offset.offset(2e-3f);

    private int from;
    private int to;
    private int stride;
    private int side;
    private float[] picture = {};
    private float[] weights = {};
    private float[] slopes = {};

    @ParameterizedTest
    @CsvSource({
        "1, 16, 2",
        "1, 5, 1",
        "3, 16, 2",
        "3, 12, 1",
        "4, 4, 1",
        "16, 1, 1",
        "16, 4, 1",
        "16, 12, 1",
        "16, 16, 2",
        "20, 8, 2",
        "24, 24, 1",
        "32, 4, 1"
    })
    void picturesAndGradientsAreTheSumsTheyShouldBe(int from, int to, int stride) {
        this.from = from;
        this.to = to;
        this.stride = stride;
        this.side = (SIDE + stride - 1) / stride;
        try (NDManager manager = NDManager.newBaseManager()) {
            BlockedConvolution convolution = new BlockedConvolution(Conv2d.builder()
                    .setKernelShape(new Shape(3, 3))
                    .setFilters(to)
                    .optStride(new Shape(stride, stride))
                    .optPadding(new Shape(1, 1)));
            Shape input = new Shape(IMAGES, from, SIDE, SIDE);
            convolution.initialize(manager, DataType.FLOAT32, input);
            NDArray weight = convolution.getDirectParameters().get("weight").getArray();
            NDArray bias = convolution.getDirectParameters().get("bias").getArray();
            bias.set(manager.arange(0f, to, 1f).toFloatArray());
            NDArray x = manager.randomNormal(input);
            NDArray slope = manager.randomNormal(new Shape(IMAGES, to, side, side));
            for (NDArray variable : new NDArray[] {x, weight, bias}) {
                variable.setRequiresGradient(true);
            }
            picture = x.toFloatArray();
            weights = weight.toFloatArray();
            slopes = slope.toFloatArray();

            NDArray still = convolution
                    .forward(new ParameterStore(manager, false), new NDList(x), false)
                    .singletonOrThrow();
            NDArray learning;
            try (GradientCollector gradients = manager.getEngine().newGradientCollector()) {
                learning = convolution
                        .forward(new ParameterStore(manager, false), new NDList(x), true)
                        .singletonOrThrow();
                gradients.backward(learning.mul(slope).sum());
            }

            Sums sums = sums();
            assertThat(still.toFloatArray()).as("output").containsExactly(sums.output, ROUNDING);
            assertThat(learning.toFloatArray()).as("output while learning").containsExactly(sums.output, ROUNDING);
            assertThat(weight.getGradient().toFloatArray())
                    .as("gradient of the weights")
                    .containsExactly(sums.ofWeights, ROUNDING);
            assertThat(bias.getGradient().toFloatArray())
                    .as("gradient of the biases")
                    .containsExactly(sums.ofBiases, ROUNDING);
            if (from > 3) {
                // Nothing is learned in front of a picture.
                assertThat(x.getGradient().toFloatArray())
                        .as("gradient of the input")
                        .containsExactly(sums.ofInput, ROUNDING);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // compared at once
    private record Sums(float[] output, float[] ofInput, float[] ofWeights, float[] ofBiases) {}

    private Sums sums() {
        float[] output = new float[slopes.length];
        double[] ofInput = new double[picture.length];
        double[] ofWeights = new double[weights.length];
        double[] ofBiases = new double[to];
        for (int i = 0; i < output.length; i++) {
            int column = i % side;
            int row = i / side % side;
            int out = i / (side * side) % to;
            int image = i / (side * side * to);
            double sum = out;
            ofBiases[out] += slopes[i];
            for (int k = 0; k < 9 * from; k++) {
                int x = column * stride + k % 3 - 1;
                int y = row * stride + k / 3 % 3 - 1;
                if (x >= 0 && x < SIDE && y >= 0 && y < SIDE) {
                    int weight = out * 9 * from + k;
                    int pixel = ((image * from + k / 9) * SIDE + y) * SIDE + x;
                    sum += (double) weights[weight] * picture[pixel];
                    ofWeights[weight] += (double) slopes[i] * picture[pixel];
                    ofInput[pixel] += (double) slopes[i] * weights[weight];
                }
            }
            output[i] = (float) sum;
        }
        return new Sums(output, floats(ofInput), floats(ofWeights), floats(ofBiases));
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
