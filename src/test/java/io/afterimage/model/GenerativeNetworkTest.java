package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.afterimage.image.InputShape;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerativeNetworkTest {
    private static final InputShape SHAPE = new InputShape(1, 16, 19);

    /** z = mean + sigma · noise, whatever comes after it. */
    @ParameterizedTest
    @ValueSource(strings = {GenerativeArchitecture.VARIATIONAL, GenerativeArchitecture.DENSE_VARIATIONAL})
    void aDrawIsTheMeanPlusSoManyDeviations(String kind) {
        try (NDManager manager = NDManager.newBaseManager()) {
            GenerativeNetwork network =
                    (GenerativeNetwork) Network.initialized(manager, Architectures.generative(kind, SHAPE));
            ParameterStore parameters = new ParameterStore(manager, false);
            NDArray pictures = manager.randomUniform(0, 1, new Shape(3, 1, 16, 19));
            NDArray noise = manager.randomNormal(new Shape(3, 4));

            NDList outputs = network.forward(parameters, new NDList(pictures, noise), false);

            NDArray z = outputs.get(1).add(outputs.get(2).exp().mul(noise));
            NDArray expected = network.decode(parameters, z, false);
            assertThat(outputs.get(0).sub(expected).abs().max().getFloat()).isLessThan(1e-5f);
            NDArray certain =
                    network.forward(parameters, new NDList(pictures), false).get(0);
            assertThat(certain.sub(expected).abs().max().getFloat()).isGreaterThan(1e-4f);
        }
    }

    /** What costs nats is the square of sigma: it stays a number whatever the layers before it give, of pictures far from all seen. */
    @ParameterizedTest
    @ValueSource(floats = {1, 1e3f, 1e6f})
    void noDeviationIsWiderThanThatOfThePrior(float brightness) {
        try (NDManager manager = NDManager.newBaseManager()) {
            GenerativeNetwork network = (GenerativeNetwork)
                    Network.initialized(manager, Architectures.generative(GenerativeArchitecture.VARIATIONAL, SHAPE));
            NDArray pictures = manager.randomUniform(0, brightness, new Shape(64, 1, 16, 19));

            NDArray logSigma = network.encode(new ParameterStore(manager, false), pictures, false)
                    .get(1);

            assertThat(logSigma.toFloatArray()).hasSize(64 * 4);
            assertThat(logSigma.max().getFloat()).isLessThanOrEqualTo(0);
            assertThat(logSigma.min().getFloat()).isLessThan(-0.5f).isFinite();
        }
    }

    /** Who is deceived must not learn to be. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theDiscriminatorLearnsOnlyFromWhatItIsMeantTo(boolean learning) {
        try (NDManager manager = NDManager.newBaseManager()) {
            GenerativeNetwork network = (GenerativeNetwork)
                    Network.initialized(manager, Architectures.generative(GenerativeArchitecture.ADVERSARIAL, SHAPE));
            Map<String, NDArray> discriminator = network.namedParameters().entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith("discriminator"))
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().getArray()));
            discriminator.values().forEach(array -> array.setRequiresGradient(true));
            NDArray vectors = manager.randomNormal(new Shape(5, 4));
            vectors.setRequiresGradient(true);
            try (GradientCollector gradients = manager.getEngine().newGradientCollector()) {
                NDArray logits = network.discriminate(new ParameterStore(manager, false), vectors, learning);
                assertThat(logits.getShape()).isEqualTo(new Shape(5, 1));
                gradients.backward(logits.sum());
            }

            assertThat(vectors.getGradient().abs().sum().getFloat()).isPositive();
            assertThat(discriminator).hasSize(6).allSatisfy((name, array) -> {
                boolean reached =
                        array.hasGradient() && array.getGradient().abs().sum().getFloat() > 0;
                assertThat(reached).isEqualTo(learning);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bothWaysOfAskingTheDiscriminatorGiveOneAnswer(boolean learning) {
        try (NDManager manager = NDManager.newBaseManager()) {
            GenerativeNetwork network = (GenerativeNetwork)
                    Network.initialized(manager, Architectures.generative(GenerativeArchitecture.ADVERSARIAL, SHAPE));
            NDArray vectors = manager.randomNormal(new Shape(5, 4));
            ParameterStore parameters = new ParameterStore(manager, false);

            NDArray one = network.discriminate(parameters, vectors, learning);
            NDArray other = network.discriminate(parameters, vectors, !learning);

            assertThat(one.sub(other).abs().max().getFloat()).isLessThan(1e-5f);
            assertThat(one.max().sub(one.min()).getFloat()).isPositive();
        }
    }
}
