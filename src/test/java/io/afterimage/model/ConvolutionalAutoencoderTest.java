package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.afterimage.image.InputShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionalAutoencoderTest {

    @ParameterizedTest
    @CsvSource({"1,16,16", "1,28,28", "3,17,23", "1,40,24", "3,64,64", "1,16,301"})
    void returnsPicturesOfTheShapeItTakes(int channels, int height, int width) {
        AutoencoderArchitecture architecture = new AutoencoderArchitecture(new InputShape(channels, height, width), 8);
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvolutionalAutoencoder network = ConvolutionalAutoencoder.initialized(manager, architecture);
            NDArray input = manager.randomUniform(0, 1, new Shape(2, channels, height, width));
            NDList outputs = network.forward(new ParameterStore(manager, false), new NDList(input), false);

            assertThat(outputs.get(0).getShape()).isEqualTo(input.getShape());
            assertThat(outputs.get(0).min().getFloat()).isNotNegative();
            assertThat(outputs.get(0).max().getFloat()).isLessThanOrEqualTo(1);
            assertThat(outputs.get(1).getShape()).isEqualTo(new Shape(2, 8));
            assertThat(outputs.get(2).getShape()).isEqualTo(new Shape(2, architecture.features()));
        }
    }

    @Test
    void featuresOfLargePicturesStayBounded() {
        AutoencoderArchitecture architecture = new AutoencoderArchitecture(new InputShape(1, 1000, 700), 8);

        assertThat(architecture.features()).isLessThanOrEqualTo(64 * 16 * 16);
    }

    @Test
    void parametersHaveStableNames() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvolutionalAutoencoder network = ConvolutionalAutoencoder.initialized(
                    manager, new AutoencoderArchitecture(new InputShape(1, 28, 28), 32));

            assertThat(network.namedParameters())
                    .containsKeys("encoder1.weight", "encoder1norm.gamma", "latent.bias", "pixels.weight")
                    .hasSize(3 * 5 + 2 + 2 + 2 * 5 + 2);
        }
    }

    @Test
    void shapesOutsideTheRangeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new InputShape(1, 15, 28));
        assertThatIllegalArgumentException().isThrownBy(() -> new InputShape(2, 28, 28));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AutoencoderArchitecture(new InputShape(1, 28, 28), 0));
    }
}
