package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.afterimage.image.InputShape;
import io.afterimage.model.Architecture;
import io.afterimage.model.Architectures;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.Network;
import io.afterimage.model.UpscalingArchitecture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One step of every architecture, on pictures of odd size. */
class NetworkTrainingTest {
    private static final InputShape SHAPE = new InputShape(1, 16, 19);

    static Stream<Architecture> kinds() {
        return Stream.of(new InputShape(1, 17, 22), new InputShape(3, 16, 19))
                .flatMap(shape -> Architectures.of(shape).stream());
    }

    /** What the architecture is trained with. */
    private static Objective objective(Architecture architecture) {
        SplittableRandom random = new SplittableRandom(2);
        return switch (architecture.task()) {
            case RECONSTRUCT -> Restoration.of(architecture.input(), Noise.BLOCKS, random);
            case DENOISE -> Restoration.of(architecture.input(), Noise.FOG, random);
            case SUPER_RESOLVE -> new Enlargement(architecture.input());
            case GENERATE -> new Generation((GenerativeArchitecture) architecture, random);
        };
    }

    private static NetworkTraining training(InputShape shape, float learningRate, Objective objective) {
        return new NetworkTraining(
                shape, images(shape, 40), schedule(learningRate), objective, new SplittableRandom(3));
    }

    private static NetworkTraining.Schedule schedule(float learningRate) {
        return new NetworkTraining.Schedule(1, learningRate, 128);
    }

    private static List<float[]> images(InputShape shape, int count) {
        List<float[]> images = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < count; i++) {
            float[] image = new float[shape.size()];
            for (int k = 0; k < image.length; k++) {
                image[k] = (float) random.nextDouble();
            }
            images.add(image);
        }
        return images;
    }

    /** Parameters that training may change and that a backward pass gives no gradient. */
    private static List<String> unreached(Architecture architecture, Objective objective) {
        InputShape shape = architecture.input();
        List<String> unreached = new ArrayList<>();
        try (Model holder = NetworkTraining.newNetwork("one-pass", architecture, 1);
                Trainer trainer = holder.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()))) {
            trainer.initialize(new Shape(8, shape.channels(), shape.height(), shape.width()));
            float[] batch = ImageBatch.join(images(shape, 8));
            try (GradientCollector gradients = trainer.newGradientCollector()) {
                gradients.backward(objective.loss(trainer, trainer.getManager(), batch, 8));
            }
            ((Network) holder.getBlock()).namedParameters().forEach((name, parameter) -> {
                NDArray array = parameter.getArray();
                if (parameter.requiresGradient()
                        && !(array.hasGradient()
                                && array.getGradient().abs().sum().getFloat() > 0)) {
                    unreached.add(name);
                }
            });
        }
        return unreached;
    }

    private static void afterOneStep(Architecture architecture, Objective objective, Consumer<Network> look) {
        try (Model holder = NetworkTraining.newNetwork("one-step", architecture, 1)) {
            Network network = (Network) holder.getBlock();
            assertThatExceptionOfType(TrainingStoppedException.class)
                    .isThrownBy(() -> training(architecture.input(), 1e-3f, objective)
                            .run(holder, step -> {
                                look.accept(network);
                                throw new TrainingStoppedException("one step is enough");
                            }));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theGradientReachesEveryParameter(Architecture architecture) {
        assertThat(unreached(architecture, objective(architecture))).isEmpty();
    }

    /** Twins: with an objective that leaves out the prior, what only the prior teaches learns nothing. */
    @Test
    void whatAnObjectiveLeavesOutIsNotReached() {
        InputShape shape = new InputShape(1, 17, 22);
        Objective noPrior = Restoration.of(shape, Noise.GRAIN, new SplittableRandom(2));

        assertThat(unreached(Architectures.generative(GenerativeArchitecture.VARIATIONAL, shape), noPrior))
                .containsExactly("logSigma.weight", "logSigma.bias");
        assertThat(unreached(Architectures.generative(GenerativeArchitecture.ADVERSARIAL, shape), noPrior))
                .hasSize(6)
                .allMatch(name -> name.startsWith("discriminator"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void oneStepChangesEveryWeightAndEveryRunningMean(Architecture architecture) {
        Map<String, float[]> before = new LinkedHashMap<>();
        Map<String, float[]> after = new LinkedHashMap<>();
        try (Model holder = NetworkTraining.newNetwork("one-step", architecture, 1)) {
            copy((Network) holder.getBlock(), before);
        }
        afterOneStep(architecture, objective(architecture), network -> copy(network, after));

        assertThat(after.keySet()).isEqualTo(before.keySet());
        assertThat(after).allSatisfy((name, values) -> assertThat(values).isNotEqualTo(before.get(name)));
    }

    private static void copy(Network network, Map<String, float[]> values) {
        for (Map.Entry<String, Parameter> entry : network.namedParameters().entrySet()) {
            values.put(entry.getKey(), entry.getValue().getArray().toFloatArray());
        }
    }

    @Test
    void aLossThatIsNoNumberEndsTraining() {
        List<Double> losses = new ArrayList<>();

        assertThatIllegalStateException()
                .isThrownBy(
                        () -> run(Architectures.generative(GenerativeArchitecture.VARIATIONAL, SHAPE), 1e30f, losses))
                .withMessageContaining("training diverged: the loss is ");
        assertThat(losses).isNotEmpty().allMatch(Double::isFinite);
    }

    /** Twins: the loss that rises beyond all bounds is a number all the way, and steps of a sensible length are none of this. */
    @Test
    void aLossThatRisesEndsTraining() {
        Architecture upscaling = new UpscalingArchitecture(SHAPE, 6);
        List<Double> losses = new ArrayList<>();

        assertThatIllegalStateException()
                .isThrownBy(() -> run(upscaling, 3, losses))
                .withMessageContaining("training diverged: the loss rose from ");
        assertThat(losses).hasSize(10).allMatch(Double::isFinite);
        run(upscaling, 1e-3f, losses);
        assertThat(losses).hasSize(20);
    }

    private static void run(Architecture architecture, float learningRate, List<Double> losses) {
        try (Model holder = NetworkTraining.newNetwork("diverging", architecture, 1)) {
            training(architecture.input(), learningRate, objective(architecture))
                    .run(holder, step -> losses.add(step.loss()));
        }
    }

    @Test
    void picturesThatAreNoNumbersEndTraining() {
        for (Architecture architecture : Architectures.of(SHAPE)) {
            float[] image = new float[SHAPE.size()];
            image[7] = Float.NaN;
            List<float[]> images = Collections.nCopies(20, image);
            try (Model holder = NetworkTraining.newNetwork("none", architecture, 1)) {
                NetworkTraining training = new NetworkTraining(
                        SHAPE, images, schedule(1e-3f), objective(architecture), new SplittableRandom(1));

                assertThatIllegalStateException()
                        .as(architecture.toString())
                        .isThrownBy(() -> training.run(holder, step -> {}))
                        .withMessageContaining("training diverged: the loss is NaN");
            }
        }
    }
}
