package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.afterimage.image.InputShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedAutoencoderTest {

    @ParameterizedTest
    @CsvSource({"1,28,28", "3,17,23", "1,40,24", "3,64,64", "1,16,301"})
    void givesTheNumbersOfThePlainBlocks(int channels, int height, int width) {
        AutoencoderArchitecture architecture = new AutoencoderArchitecture(new InputShape(channels, height, width), 8);
        try (Model holder = network(architecture)) {
            NDManager manager = holder.getNDManager();
            ConvolutionalAutoencoder network = (ConvolutionalAutoencoder) holder.getBlock();
            try (PackedAutoencoder packed =
                    PackedAutoencoder.of(manager, network).orElseThrow()) {
                ParameterStore parameters = new ParameterStore(manager, false);
                NDArray pictures = manager.randomUniform(0, 1, new Shape(5, channels, height, width));
                NDList plain = network.forward(parameters, new NDList(pictures), false);
                NDList fast = packed.forward(parameters, pictures);

                assertClose(fast.get(0), plain.get(0));
                assertClose(fast.get(1), plain.get(1));
                assertClose(network.features(fast.get(2)), plain.get(2));
            }
        }
    }

    @Test
    void aPassThatDoesNotAgreeIsNotUsed() {
        try (Model holder = network(new AutoencoderArchitecture(new InputShape(1, 28, 28), 8))) {
            ConvolutionalAutoencoder network = (ConvolutionalAutoencoder) holder.getBlock();
            try (PackedAutoencoder packed =
                    PackedAutoencoder.of(holder.getNDManager(), network).orElseThrow()) {
                network.namedParameters().values().iterator().next().getArray().muli(1.5f);

                assertThat(packed.agreesWith(network, holder.getNDManager())).isFalse();
            }
        }
    }

    /** Fresh parameters, with batch normalisation moved away from doing nothing. */
    private static Model network(AutoencoderArchitecture architecture) {
        Model holder = Model.newInstance("test", "PyTorch");
        ConvolutionalAutoencoder network = ConvolutionalAutoencoder.initialized(holder.getNDManager(), architecture);
        network.namedParameters().forEach((name, parameter) -> {
            NDArray array = parameter.getArray();
            if (name.contains("norm.")) {
                array.addi(holder.getNDManager().randomUniform(0.1f, 0.5f, array.getShape()));
            }
        });
        network.freezeParameters(true);
        holder.setBlock(network);
        return holder;
    }

    private static void assertClose(NDArray actual, NDArray expected) {
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        assertThat(actual.sub(expected).abs().max().getFloat())
                .isLessThan(1e-4f * Math.max(1, expected.abs().max().getFloat()));
    }
}
