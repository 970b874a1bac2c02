package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.afterimage.image.InputShape;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What all architectures have in common. */
class NetworkTest {

    static Stream<Architecture> shapes() {
        return Stream.of(
                        new InputShape(1, 16, 16),
                        new InputShape(1, 28, 28),
                        new InputShape(3, 17, 23),
                        new InputShape(1, 33, 18))
                .flatMap(shape -> Architectures.of(shape).stream());
    }

    static List<Architecture> kinds() {
        return Architectures.of(new InputShape(3, 17, 22));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void picturesHaveTheirShapeAndValuesAreWithinTheirRange(Architecture architecture) {
        InputShape shape = architecture.input();
        long factor = architecture.task() == Task.SUPER_RESOLVE ? 2 : 1;
        try (NDManager manager = NDManager.newBaseManager()) {
            Network network = Network.initialized(manager, architecture);
            NDArray input = manager.randomUniform(0, 1, new Shape(2, shape.channels(), shape.height(), shape.width()));

            NDList outputs = network.forward(new ParameterStore(manager, false), new NDList(input), false);

            NDArray picture = outputs.get(0);
            assertThat(picture.getShape())
                    .isEqualTo(new Shape(2, shape.channels(), factor * shape.height(), factor * shape.width()));
            assertThat(network.getOutputShapes(new Shape[] {input.getShape()}))
                    .isEqualTo(outputs.stream().map(NDArray::getShape).toArray());
            if (network instanceof GenerativeNetwork) {
                picture = GenerativeNetwork.pictures(picture);
            }
            assertThat(picture.min().getFloat()).isNotNegative();
            assertThat(picture.max().getFloat()).isLessThanOrEqualTo(1);
            assertThat(picture.max().getFloat()).isGreaterThan(picture.min().getFloat());
        }
    }

    /** A picture that went through alone is the one that went through with others. */
    @ParameterizedTest
    @MethodSource("kinds")
    void theBatchDoesNotMatter(Architecture architecture) {
        InputShape shape = architecture.input();
        try (NDManager manager = NDManager.newBaseManager()) {
            Network network = Network.initialized(manager, architecture);
            ParameterStore parameters = new ParameterStore(manager, false);
            NDArray input = manager.randomUniform(0, 1, new Shape(5, shape.channels(), shape.height(), shape.width()));

            NDArray together =
                    network.forward(parameters, new NDList(input), false).get(0);
            NDArray alone = network.forward(parameters, new NDList(input.get("3:4")), false)
                    .get(0);

            assertThat(together.get("3:4").sub(alone).abs().max().getFloat()).isLessThan(1e-5f);
            assertThat(together.get("2:3").sub(alone).abs().max().getFloat()).isGreaterThan(1e-4f);
        }
    }

    /** Those that give pictures of pictures learn from one size and take any. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "5, 7", "16, 16", "33, 18", "64, 9"})
    void picturesOfAnotherSizeAreWelcome(int height, int width) throws ModelRejectedException {
        InputShape learned = new InputShape(3, 16, 20);
        float[] pictures = values(2 * 3 * height * width);
        for (Architecture architecture :
                List.of(new DenoisingArchitecture(learned, 4), new UpscalingArchitecture(learned, 4))) {
            try (PictureModel model = PictureModel.load(Architectures.untrained(architecture))) {
                float[] made = model.apply(pictures, 2, height, width);

                assertThat(made).hasSize(pictures.length * model.factor() * model.factor());
                for (float value : made) {
                    assertThat(value).isBetween(0f, 1f);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void parametersSurviveAFile(Architecture architecture) throws ModelRejectedException {
        ModelArtifact artifact = Architectures.untrained(architecture);
        try (NDManager manager = NDManager.newBaseManager()) {
            Network network = Network.initialized(manager, architecture);
            double before = sum(network);
            network.restore(
                    artifact.weights(),
                    architecture instanceof AutoencoderArchitecture autoencoder
                            ? FeatureMemory.shapes(autoencoder.features(), 2, 3)
                            : Map.of());

            assertThat(sum(network)).isNotEqualTo(before);
            if (!(architecture instanceof AutoencoderArchitecture)) {
                assertThat(network.weights()).isEqualTo(artifact.weights());
            }
        }
    }

    private static double sum(Network network) {
        return network.namedParameters().values().stream()
                .mapToDouble(parameter -> parameter.getArray().sum().getFloat())
                .sum();
    }

    private static float[] values(int count) {
        SplittableRandom random = new SplittableRandom(4);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }
}
