package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.afterimage.image.InputShape;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.GenerativeArchitecture.Loss;
import io.afterimage.model.GenerativeArchitecture.Pixels;
import io.afterimage.model.GenerativeModel;
import io.afterimage.model.Interpolation;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.PictureModel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small models of 200 digits, each trained once; what a model is and does is checked on them. */
class NetworkTrainerTest {
    private static final InputShape SHAPE = new InputShape(1, 28, 28);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final NetworkTrainer TRAINER = new NetworkTrainer(Clock.fixed(NOW, ZoneOffset.UTC));
    private static final Noise NOISE = Noise.FOG;

    private static final Map<String, ModelArtifact> MODELS = new LinkedHashMap<>();
    private static List<float[]> learned;
    private static List<float[]> unseen;

    static List<Goal> goals() {
        return List.of(
                new Goal.Denoise(NOISE, 8),
                new Goal.SuperResolve(8),
                new Goal.Generate(GenerativeArchitecture.VARIATIONAL, 6, new Loss(Pixels.BCE, 1)),
                new Goal.Generate(GenerativeArchitecture.DENSE_VARIATIONAL, 6, new Loss(Pixels.BCE, 1)),
                new Goal.Generate(GenerativeArchitecture.ADVERSARIAL, 6, new Loss(Pixels.MSE, 1)));
    }

    @BeforeAll
    static void train() throws Exception {
        List<float[]> digits = ShippedModel.images("builtin:digits-test");
        learned = digits.subList(0, 200);
        unseen = digits.subList(200, 264);
        for (Goal goal : goals()) {
            MODELS.put(goal.toString(), train(goal, learned, 18, 5));
        }
    }

    private static ModelArtifact train(Goal goal, List<float[]> images, int epochs, long seed) {
        return TRAINER.train(SHAPE, images, goal, request(epochs, seed), step -> {});
    }

    private static NetworkTrainer.Request request(int epochs, long seed) {
        return new NetworkTrainer.Request("digits", epochs, seed, "train --images digits", "digits");
    }

    private static ModelArtifact model(Goal goal) {
        return Objects.requireNonNull(MODELS.get(goal.toString()));
    }

    @ParameterizedTest
    @MethodSource("goals")
    void theLossFalls(Goal goal) {
        ModelManifest.Training training = model(goal).manifest().training();

        assertThat(training.lastLoss()).isPositive().isLessThan(0.8 * training.firstLoss());
    }

    @ParameterizedTest
    @MethodSource("goals")
    void theManifestSaysHowTheModelWasMadeAndWhatItIsWorth(Goal goal) {
        ModelManifest manifest = model(goal).manifest();

        assertThat(manifest.architecture()).isEqualTo(goal.architecture(SHAPE));
        assertThat(manifest.task()).isEqualTo(manifest.architecture().task().label());
        assertThat(manifest.version()).matches("[0-9a-f]{12}");
        assertThat(manifest.scoring()).isEqualTo(ModelManifest.Scoring.NONE);
        assertThat(manifest.calibration()).isEmpty();
        assertThat(manifest.training().trained()).isEqualTo(180);
        assertThat(manifest.training().heldOut()).isEqualTo(20);
        assertThat(manifest.training().seed()).isEqualTo(5);
        assertThat(manifest.training().steps()).isPositive();
        assertThat(manifest.training().created()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(manifest.training().command()).isEqualTo("train --images digits");
        assertThat(manifest.quality())
                .containsOnlyKeys(
                        goal instanceof Goal.Generate
                                ? List.of("reconstruction", "divergence")
                                : List.of("psnr", "ssim"));
        assertThat(manifest.quality().get(goal instanceof Goal.Generate ? "reconstruction" : "psnr"))
                .isPositive();
    }

    @ParameterizedTest
    @MethodSource("goals")
    void aModelReadFromDiskGivesTheSameBits(Goal goal, @TempDir Path directory) throws Exception {
        ModelArtifact artifact = model(goal);
        artifact.write(directory);
        ModelArtifact read = ModelArtifact.read(directory);

        assertThat(read.manifest()).isEqualTo(artifact.manifest());
        assertThat(outputs(read)).isEqualTo(outputs(artifact)).isNotEmpty();
    }

    /** All that a model gives. */
    private static float[] outputs(ModelArtifact artifact) throws ModelRejectedException {
        float[] pictures = ImageBatch.join(unseen);
        if (artifact.manifest().architecture() instanceof GenerativeArchitecture) {
            try (GenerativeModel model = GenerativeModel.load(artifact)) {
                GenerativeModel.Encoded encoded = model.encode(pictures, unseen.size());
                return joined(
                        encoded.means(),
                        encoded.logSigmas(),
                        model.decode(encoded.means(), unseen.size()),
                        model.decode(model.draw(9, 1), 9));
            }
        }
        try (PictureModel model = PictureModel.load(artifact)) {
            return model.apply(pictures, unseen.size(), 28, 28);
        }
    }

    private static float[] joined(float[]... parts) {
        float[] joined =
                new float[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    @Test
    void denoisingBeatsTheMeanImageAndDoingNothing() throws ModelRejectedException {
        List<float[]> noisy = new ArrayList<>();
        for (int i = 0; i < unseen.size(); i++) {
            noisy.add(NOISE.of(unseen.get(i), SHAPE, i));
        }
        try (PictureModel model = PictureModel.load(model(goals().get(0)))) {
            PictureQuality restored = PictureQuality.of(PictureQuality.applied(model, noisy, 28, 28), unseen, SHAPE);
            PictureQuality nothing = PictureQuality.of(noisy, unseen, SHAPE);
            PictureQuality mean = PictureQuality.of(Collections.nCopies(unseen.size(), mean()), unseen, SHAPE);

            assertThat(restored.psnr()).isGreaterThan(nothing.psnr()).isGreaterThan(mean.psnr());
            assertThat(restored.ssim()).isGreaterThan(nothing.ssim());
        }
    }

    @Test
    void enlargingBeatsInterpolating() throws ModelRejectedException {
        List<float[]> small =
                unseen.stream().map(image -> Halving.of(image, SHAPE)).toList();
        try (PictureModel model = PictureModel.load(model(goals().get(1)))) {
            PictureQuality learnedEnlargement =
                    PictureQuality.of(PictureQuality.applied(model, small, 14, 14), unseen, SHAPE);
            PictureQuality bicubic = PictureQuality.of(
                    ImageBatch.split(
                            Interpolation.bicubic(ImageBatch.join(small), small.size(), 1, 14, 14), small.size()),
                    unseen,
                    SHAPE);

            assertThat(learnedEnlargement.psnr()).isGreaterThan(bicubic.psnr());
        }
    }

    /** A picture through its latent vector and back is closer to itself than the mean image is. */
    @ParameterizedTest
    @MethodSource("generators")
    void aLatentVectorTellsMoreThanTheMeanImage(Goal goal) throws ModelRejectedException {
        try (GenerativeModel model = GenerativeModel.load(model(goal))) {
            float[] means = model.encode(ImageBatch.join(unseen), unseen.size()).means();
            double kept = error(ImageBatch.split(model.decode(means, unseen.size()), unseen.size()));
            double mean = error(Collections.nCopies(unseen.size(), mean()));

            assertThat(kept).isLessThan(mean);
        }
    }

    static List<Goal> generators() {
        return goals().subList(2, 5);
    }

    private static double error(List<float[]> pictures) {
        double sum = 0;
        for (int i = 0; i < unseen.size(); i++) {
            for (int k = 0; k < SHAPE.size(); k++) {
                double difference = pictures.get(i)[k] - unseen.get(i)[k];
                sum += difference * difference;
            }
        }
        return sum / unseen.size();
    }

    private static float[] mean() {
        float[] mean = new float[SHAPE.size()];
        for (float[] image : learned) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += image[i] / learned.size();
            }
        }
        return mean;
    }

    @ParameterizedTest
    @MethodSource("goals")
    void theSameSeedGivesTheSameWeights(Goal goal) {
        List<float[]> few = learned.subList(0, 60);
        ModelArtifact once = train(goal, few, 1, 7);
        ModelArtifact again = train(goal, few, 1, 7);
        ModelArtifact other = train(goal, few, 1, 8);

        assertThat(again.weights()).isEqualTo(once.weights());
        assertThat(again.manifest()).isEqualTo(once.manifest());
        assertThat(other.weights()).isNotEqualTo(once.weights());
        assertThat(other.manifest().version()).isNotEqualTo(once.manifest().version());
    }

    /** Shapes that halve badly, grey and in colour, through training, measuring, loading and use. */
    @ParameterizedTest
    @MethodSource("goals")
    void oddSizesAndColourAreNoTrouble(Goal goal) throws ModelRejectedException {
        InputShape odd = new InputShape(3, 17, 21);
        SplittableRandom random = new SplittableRandom(1);
        List<float[]> images = new ArrayList<>();
        for (int n = 0; n < 60; n++) {
            float[] image = new float[odd.size()];
            for (int i = 0; i < image.length; i++) {
                image[i] = (float) random.nextDouble();
            }
            images.add(image);
        }

        ModelArtifact artifact = TRAINER.train(odd, images, goal, request(1, 1), step -> {});

        assertThat(artifact.manifest().architecture().input()).isEqualTo(odd);
        assertThat(artifact.manifest().quality().values()).allMatch(Double::isFinite);
        if (goal instanceof Goal.Generate) {
            try (GenerativeModel model = GenerativeModel.load(artifact)) {
                assertThat(model.decode(model.encode(images.get(0), 1).means(), 1))
                        .hasSize(odd.size());
            }
        } else {
            try (PictureModel model = PictureModel.load(artifact)) {
                assertThat(model.apply(images.get(0), 1, 17, 21)).hasSize(odd.size() * model.factor() * model.factor());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("goals")
    void whatIsNoNumberEndsTraining(Goal goal) {
        List<float[]> images = new ArrayList<>(learned.subList(0, 60));
        float[] broken = new float[SHAPE.size()];
        broken[0] = Float.NaN;
        Collections.fill(images, broken);

        assertThatIllegalStateException()
                .isThrownBy(() -> train(goal, images, 1, 1))
                .withMessageContaining("training diverged");
    }

    /** As above, but training does not see what is no number: only the images that are held out, the first of those shuffled. */
    @ParameterizedTest
    @MethodSource("goals")
    void aModelThatGivesNoNumbersIsNone(Goal goal) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            places.add(i);
        }
        Collections.shuffle(places, new Random(9));
        List<float[]> images = new ArrayList<>(learned.subList(0, 60));
        float[] broken = images.get(places.get(0)).clone();
        Arrays.fill(broken, Float.NaN);
        images.set(places.get(0), broken);

        assertThatIllegalStateException()
                .isThrownBy(() -> train(goal, images, 1, 9))
                .withMessageContaining("training diverged: on the images held out, ");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Goal.Denoise(NOISE, 0))
                .withMessageContaining("width");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Goal.SuperResolve(513))
                .withMessageContaining("width");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Goal.Generate(GenerativeArchitecture.VARIATIONAL, 0, new Loss(Pixels.BCE, 1)))
                .withMessageContaining("latent");
    }

    @Test
    void tooFewImagesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> train(goals().get(0), learned.subList(0, 59), 1, 1))
                .withMessageContaining("59 images are too few");
        assertThatIllegalArgumentException().isThrownBy(() -> request(0, 1)).withMessageContaining("epochs");
    }

    @Test
    void aDeadlineEndsTraining() {
        Instant[] now = {NOW};
        TrainingDeadline deadline =
                new TrainingDeadline(() -> now[0], Duration.ofSeconds(10), step -> now[0] = now[0].plusSeconds(4));

        assertThatExceptionOfType(TrainingStoppedException.class)
                .isThrownBy(() -> TRAINER.train(SHAPE, learned, goals().get(1), request(1, 1), deadline))
                .withMessageContaining("stopped after step 4");
    }
}
