package io.afterimage.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.InputShape;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.train.GenerativeQuality;
import io.afterimage.train.Goal;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.NetworkTrainer;
import io.afterimage.train.Noise;
import io.afterimage.train.PictureQuality;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The measurements of restoration, generation and embedding, each made once of models that have hardly begun to learn. */
class FamilyChecksTest {
    private static final LabelledImages TRAIN = SmallSet.of(40, 1);
    private static final LabelledImages TEST = SmallSet.of(15, 2);
    private static final NetworkTrainer NETWORKS = new NetworkTrainer(Clock.systemUTC());

    private final List<String> told = new ArrayList<>();

    private RestorationCheck.Outcome restoration(Spoiling spoiling, long seed) throws ModelRejectedException {
        return new RestorationCheck(
                        TRAIN, TEST, new RestorationCheck.Plan(spoiling, OptionalInt.of(1), 4), NETWORKS, told::add)
                .measure(seed);
    }

    @Test
    void restorationIsMeasuredBesideWhatNeedsNoNetwork() throws ModelRejectedException {
        RestorationCheck.Outcome outcome = restoration(new Spoiling.Noisy(Noise.GRAIN, Noise.GRAIN, 4), 1);
        RestorationCheck.Result result = outcome.result();

        assertThat(told).containsExactly("seed 1: 80 images to learn from, 30 to test on");
        assertThat(outcome.shape()).as("an odd row is left out").isEqualTo(new InputShape(1, 16, 20));
        assertThat(result.images()).isEqualTo(30);
        assertThat(result.trainingSeconds()).isPositive();
        assertThat(result.baselines().keySet())
                .containsExactly("as it is", "mean image", "median 3x3", "PCA", "linear");
        PictureQuality nothing = Objects.requireNonNull(result.baselines().get("as it is"));
        assertThat(nothing.psnr()).as("noise of deviation 0.3, limited").isBetween(10.0, 16.0);
        assertThat(Objects.requireNonNull(result.baselines().get("PCA")).psnr()).isGreaterThan(nothing.psnr() + 3);
        assertThat(result.quality().psnr()).isBetween(3.0, 40.0);
    }

    @Test
    void examplesAreTheBestTheMedianAndTheWorst() throws ModelRejectedException {
        RestorationCheck.Outcome outcome = restoration(new Spoiling.Halved(4), 1);

        List<RestorationCheck.Example> examples = outcome.examples();
        assertThat(examples.stream().map(RestorationCheck.Example::what)).containsExactly("best", "median", "worst");
        assertThat(examples.get(0).psnr())
                .isGreaterThanOrEqualTo(examples.get(1).psnr());
        assertThat(examples.get(1).psnr())
                .isGreaterThanOrEqualTo(examples.get(2).psnr());
        assertThat(outcome.result().quality().psnr())
                .isBetween(examples.get(2).psnr(), examples.get(0).psnr());
        assertThat(examples).allSatisfy(example -> {
            assertThat(example.clean()).hasSize(320);
            assertThat(example.spoiled()).hasSize(80);
            assertThat(example.restored()).hasSize(320);
            assertThat(example.baselines().keySet()).containsExactly("nearest", "bicubic", "linear");
            assertThat(PictureQuality.of(List.of(example.restored()), List.of(example.clean()), outcome.shape())
                            .psnr())
                    .isEqualTo(example.psnr());
        });
    }

    @Test
    void theSameSeedMeasuresTheSame() throws ModelRejectedException {
        Spoiling spoiling = new Spoiling.Noisy(Noise.ANY, Noise.ANY, 4);
        RestorationCheck.Result once = restoration(spoiling, 3).result();
        RestorationCheck.Result again = restoration(spoiling, 3).result();
        RestorationCheck.Result other = restoration(spoiling, 4).result();

        assertThat(again.quality()).isEqualTo(once.quality());
        assertThat(again.baselines()).isEqualTo(once.baselines());
        assertThat(other.quality()).isNotEqualTo(once.quality());
        assertThat(other.baselines().get("as it is"))
                .isNotEqualTo(once.baselines().get("as it is"));
    }

    private GenerationCheck.Outcome generation(String kind, int latent, boolean plain) throws ModelRejectedException {
        GenerativeArchitecture.Loss loss = new GenerativeArchitecture.Loss(GenerativeArchitecture.Pixels.BCE, 1);
        Goal.Generate goal = new Goal.Generate(kind, latent, loss);
        Optional<Goal.Generate> beside = Optional.of(
                        new Goal.Generate(GenerativeArchitecture.DENSE_VARIATIONAL, latent, loss))
                .filter(any -> plain);
        return new GenerationCheck(
                        TRAIN, TEST, new GenerationCheck.Plan(goal, beside, OptionalInt.of(3)), NETWORKS, told::add)
                .measure(1);
    }

    @Test
    void aPlaneOfLatentVectorsIsShownWhole() throws ModelRejectedException {
        GenerationCheck.Outcome outcome = generation(GenerativeArchitecture.VARIATIONAL, 2, true);
        GenerationCheck.Evidence evidence = outcome.evidence();

        assertThat(told)
                .containsExactly(
                        "seed 1: dense-variational, learning from 80 images",
                        "seed 1: variational, learning from 80 images");
        assertThat(outcome.result().plain())
                .isPresent()
                .isNotEqualTo(Optional.of(outcome.result().quality()));
        assertThat(outcome.result().images()).isEqualTo(30);
        assertThat(evidence.shape()).isEqualTo(TEST.shape());
        assertThat(evidence.samples()).hasSize(64).allMatch(picture -> picture.length == 340);
        assertThat(evidence.walks()).hasSize(6).allMatch(walk -> walk.size() == 10);
        assertThat(evidence.grid()).hasSize(225);
        assertThat(evidence.grid().get(0)).isNotEqualTo(evidence.grid().get(224));
        assertThat(evidence.points()).hasSize(30);
        assertThat(evidence.points().stream().map(LabelledPoint::label).distinct())
                .containsExactly("lying", "standing");
    }

    /** Half of the pixels are white on average and none is certain: the mean picture costs ln 2 of each, but for the odds. */
    @Test
    void theMeanPictureHasItsPrice() throws ModelRejectedException {
        GenerationCheck.Result result =
                generation(GenerativeArchitecture.ADVERSARIAL, 3, false).result();

        assertThat(result.mean()).isBetween(0.95 * 340 * Math.log(2), 1.05 * 340 * Math.log(2));
        assertThat(result.plain()).isEmpty();
        assertThat(result.quality().divergence()).isZero();
        assertThat(generation(GenerativeArchitecture.ADVERSARIAL, 3, false)
                        .result()
                        .quality())
                .isEqualTo(result.quality());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void otherLatentSpacesHaveNoPlane(int latent) throws ModelRejectedException {
        GenerationCheck.Evidence evidence = generation(GenerativeArchitecture.DENSE_VARIATIONAL, latent, false)
                .evidence();

        assertThat(evidence.grid()).isEmpty();
        assertThat(evidence.points()).hasSize(30);
        assertThat(evidence.points().stream().allMatch(point -> point.y() == 0)).isEqualTo(latent == 1);
        assertThat(new GenerativeQuality(1, 2).negativeElbo()).isEqualTo(3);
    }

    @Test
    void embeddingsAreMeasuredBesidePrincipalComponents() throws ModelRejectedException {
        EmbeddingCheck check = new EmbeddingCheck(
                TRAIN,
                TEST,
                OptionalInt.of(2),
                new ModelTrainer(Clock.systemUTC()),
                new NetworkTrainer(Clock.systemUTC()),
                told::add);

        EmbeddingCheck.Outcome outcome = check.measure(2, 1);
        EmbeddingCheck.Result result = outcome.result();

        assertThat(told).containsExactly("seed 1: 2 dimensions, from 80 images");
        assertThat(result.dimensions()).isEqualTo(2);
        for (EmbeddingCheck.Worth worth : List.of(result.variational(), result.autoencoder(), result.pca())) {
            assertThat(worth.neighbours()).isBetween(0.4, 1.0);
            assertThat(worth.linear()).isBetween(0.2, 1.0);
            assertThat(worth.trustworthiness()).isBetween(0.3, 1.0);
            assertThat(worth.error()).isBetween(0.0, 0.3);
        }
        assertThat(check.measure(2, 1).result()).isEqualTo(result);
        assertThat(outcome.evidence().shown()).as("one of each label").hasSize(2);
        assertThat(outcome.evidence().seen()).hasSize(3).allSatisfy((name, seen) -> {
            assertThat(seen.reconstructions()).hasSize(2);
            assertThat(seen.points())
                    .extracting(LabelledPoint::label)
                    .hasSize(TEST.of("lying").size() + TEST.of("standing").size())
                    .containsOnly("lying", "standing");
        });
    }

    /** Four components hold two kinds of stripes, each a circle in a plane, whole; two do not. */
    @Test
    void moreComponentsTellMore() throws ModelRejectedException {
        EmbeddingCheck check = new EmbeddingCheck(
                TRAIN,
                TEST,
                OptionalInt.of(1),
                new ModelTrainer(Clock.systemUTC()),
                new NetworkTrainer(Clock.systemUTC()),
                told::add);

        EmbeddingCheck.Worth two = check.measure(2, 1).result().pca();
        EmbeddingCheck.Worth four = check.measure(4, 1).result().pca();

        assertThat(four.error()).isLessThan(0.01).isLessThan(two.error());
        assertThat(four.neighbours()).isEqualTo(1);
        assertThat(four.trustworthiness()).isGreaterThan(0.95);
    }

    private LossinessCheck.Outcome lossiness(LabelledImages test, int latent) throws ModelRejectedException {
        return new LossinessCheck(TRAIN, test, new LossinessCheck.Plan(OptionalInt.of(3), latent), NETWORKS, told::add)
                .measure(1);
    }

    /** As above: four components lose nothing of stripes, whichever way it is measured, and the mean picture half of them. */
    @Test
    void whatIsLostIsMeasuredByBothLosses() throws ModelRejectedException {
        LossinessCheck.Outcome outcome = lossiness(TEST, 4);
        LossinessCheck.Result result = outcome.result();

        assertThat(told)
                .containsExactly(
                        "seed 1: loss bce, learning from 80 images", "seed 1: loss mse, learning from 80 images");
        assertThat(result.images()).isEqualTo(30);
        LossinessCheck.Lost components =
                Objects.requireNonNull(result.baselines().get("PCA"));
        assertThat(components.squaredError()).isBetween(0.0, 1e-3);
        assertThat(components.nats()).isBetween(0.0, 340 * 4e-3);
        assertThat(components.ssim()).isBetween(0.95, 1.0);
        LossinessCheck.Lost mean = Objects.requireNonNull(result.baselines().get("mean image"));
        assertThat(mean.squaredError()).as("variance of a sine of amplitude ½").isBetween(0.11, 0.14);
        assertThat(mean.nats())
                .as("340 times ln 2 less 2 ln 2 - 1, the mean entropy")
                .isBetween(95.0, 115.0);
        assertThat(result.networks().keySet()).containsExactly("bce", "mse");
        assertThat(result.networks().values()).allSatisfy(lost -> {
            assertThat(lost.squaredError()).isBetween(components.squaredError(), 0.3);
            assertThat(lost.nats()).isBetween(components.nats(), 300.0);
        });
        assertThat(outcome.shown()).as("one of each label").hasSize(2);
        assertThat(outcome.reconstructions().keySet()).containsExactly("loss bce", "loss mse", "PCA", "mean image");
        assertThat(outcome.reconstructions().values())
                .allSatisfy(pictures -> assertThat(pictures).hasSize(2).allMatch(picture -> picture.length == 340));
    }

    @Test
    void whatIsLostOfEachLabelAddsUp() throws ModelRejectedException {
        LossinessCheck.Result result = lossiness(TEST, 2).result();

        assertThat(result.perClass().keySet()).containsExactly("lying", "standing");
        result.networks()
                .forEach((name, lost) -> assertThat(result.perClass().values().stream()
                                .mapToDouble(each ->
                                        Objects.requireNonNull(each.get(name)).nats())
                                .average())
                        .hasValueCloseTo(lost.nats(), within(1e-6)));
        assertThat(lossiness(TEST, 2).result()).isEqualTo(result);
        assertThat(lossiness(SmallSet.of(15, 3), 2).result()).isNotEqualTo(result);
    }

    @Test
    void labelsThatNobodyLearnedAreRefused() {
        LabelledImages foreign =
                new LabelledImages("foreign", TEST.shape(), new TreeMap<>(Map.of("crossed", TEST.of("lying"))));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EmbeddingCheck(
                                TRAIN,
                                foreign,
                                OptionalInt.of(1),
                                new ModelTrainer(Clock.systemUTC()),
                                new NetworkTrainer(Clock.systemUTC()),
                                told::add)
                        .measure(2, 1))
                .withMessageContaining("'crossed'");
    }
}
