package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.InputShape;
import io.afterimage.model.Analysis;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A small model of coloured bars is trained once; what a model is and does is checked on it. */
class ModelTrainerTest {
    private static final InputShape SHAPE = new InputShape(3, 17, 22);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

    private static final List<TrainingStep> STEPS = new ArrayList<>();
    private static ModelArtifact artifact;

    @BeforeAll
    static void train() {
        artifact = train(ScoreRecipe.ACCURATE, 80, STEPS);
    }

    private static ModelArtifact train(ScoreRecipe recipe, int epochs, List<TrainingStep> steps) {
        TrainingImages images = TrainingImages.split(SHAPE, bars(600, 1), 5);
        ModelTrainer.Request request =
                new ModelTrainer.Request("bars", 8, epochs, 5, 200, recipe, "train --images bars", "bars");
        return new ModelTrainer(CLOCK).train(images, request, steps::add);
    }

    @Test
    void theLossFalls() {
        assertThat(STEPS).hasSize(artifact.manifest().training().steps());
        assertThat(artifact.manifest().training().lastLoss())
                .isLessThan(0.5 * artifact.manifest().training().firstLoss());
    }

    @Test
    void trainingRaisesTheAreaUnderTheCurve() throws ModelRejectedException {
        double before = areaUnderTheCurve(train(ScoreRecipe.ACCURATE, 1, new ArrayList<>()));
        double after = areaUnderTheCurve(artifact);

        assertThat(after).isGreaterThan(before).isGreaterThan(0.95);
    }

    @Test
    void theSameSeedGivesTheSameWeights() {
        ModelArtifact once = train(ScoreRecipe.FAST, 1, new ArrayList<>());
        ModelArtifact again = train(ScoreRecipe.FAST, 1, new ArrayList<>());

        assertThat(again.manifest()).isEqualTo(once.manifest());
        assertThat(again.weights()).isEqualTo(once.weights());
    }

    @ParameterizedTest
    @EnumSource(ScoreRecipe.class)
    void aScoreDoesNotDependOnTheBatch(ScoreRecipe recipe) throws ModelRejectedException {
        ModelArtifact made = recipe == ScoreRecipe.ACCURATE ? artifact : train(recipe, 2, new ArrayList<>());
        try (ScoringModel model = ScoringModel.load(made)) {
            List<float[]> images = bars(64, 9);
            List<Analysis> together = model.analyse(join(images), images.size());
            for (int i = 0; i < images.size(); i++) {
                Analysis alone = model.analyse(images.get(i), 1).get(0);
                assertThat(alone.score()).isCloseTo(together.get(i).score(), within(1e-5));
                assertThat(alone.pValue()).isEqualTo(together.get(i).pValue());
            }
        }
    }

    @Test
    void aModelReadFromDiskScoresTheSame(@TempDir Path directory) throws Exception {
        artifact.write(directory);
        try (ScoringModel written = ScoringModel.load(artifact);
                ScoringModel read = ScoringModel.load(ModelArtifact.read(directory))) {
            float[] images = join(bars(8, 3));

            assertThat(read.analyse(images, 8).stream().map(Analysis::score).toList())
                    .isEqualTo(written.analyse(images, 8).stream()
                            .map(Analysis::score)
                            .toList());
        }
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(ModelArtifact.MANIFEST_FILE, ModelArtifact.WEIGHTS_FILE);
        }
    }

    @Test
    void changedWeightsAreRefusedBeforeTheyAreParsed() {
        byte[] weights = artifact.weights().clone();
        weights[weights.length / 2] ^= 0x40;

        assertRefused(artifact.manifestBytes(), weights, "SHA-256");
        assertRefused(artifact.manifestBytes(), Arrays.copyOf(weights, weights.length - 1), "SHA-256");
    }

    @Test
    void aChangedManifestIsRefused() {
        String manifest = new String(artifact.manifestBytes(), StandardCharsets.UTF_8);

        assertRefused(manifest.replace("\"latent\" : 8", "\"latent\" : 9"), "changed after version");
        assertRefused(manifest.replace("afterimage-model/1", "afterimage-model/2"), "format");
        assertRefused(manifest.replace("\"recipe\" : \"accurate\",", ""), "not a model manifest");
        assertRefused("{}", "not a model manifest");
        assertRefused("PK", "not a model manifest");
    }

    @Test
    void aMissingModelSaysWhere(@TempDir Path directory) {
        assertThatExceptionOfType(ModelRejectedException.class)
                .isThrownBy(() -> ModelArtifact.read(directory))
                .withMessageContaining(directory.toString())
                .withMessageContaining("manifest.json is missing");
    }

    @Test
    void theManifestSaysHowTheModelWasMade() {
        var manifest = artifact.manifest();

        assertThat(manifest.version()).matches("[0-9a-f]{12}");
        assertThat(manifest.training().command()).isEqualTo("train --images bars");
        assertThat(manifest.training().seed()).isEqualTo(5);
        assertThat(manifest.training().created()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(manifest.training().trained() + manifest.training().heldOut())
                .isEqualTo(600);
        assertThat(manifest.calibration()).isSorted().hasSize(180);
    }

    @Test
    void tooFewImagesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingImages.split(SHAPE, bars(59, 1), 1))
                .withMessageContaining("at least 60");
    }

    @Test
    void thePartsOfASplitAreDisjointAndComplete() {
        List<float[]> images = bars(100, 1);
        TrainingImages split = TrainingImages.split(SHAPE, images, 1);
        List<float[]> all = new ArrayList<>(split.training());
        all.addAll(split.fusion());
        all.addAll(split.calibration());

        assertThat(all).containsExactlyInAnyOrderElementsOf(images);
    }

    private static void assertRefused(String manifest, String why) {
        assertRefused(manifest.getBytes(StandardCharsets.UTF_8), artifact.weights(), why);
    }

    private static void assertRefused(byte[] manifest, byte[] weights, String why) {
        assertThatExceptionOfType(ModelRejectedException.class)
                .isThrownBy(() -> ModelArtifact.of(manifest, weights))
                .withMessageContaining(why);
    }

    /** Of bars without against bars with a blank square. */
    private static double areaUnderTheCurve(ModelArtifact made) throws ModelRejectedException {
        List<float[]> normal = bars(200, 21);
        List<float[]> anomalous = bars(200, 22);
        for (float[] image : anomalous) {
            for (int c = 0; c < 3; c++) {
                for (int y = 5; y < 12; y++) {
                    Arrays.fill(image, (c * 17 + y) * 22 + 8, (c * 17 + y) * 22 + 15, 0.5f);
                }
            }
        }
        try (ScoringModel model = ScoringModel.load(made)) {
            double[] low = scores(model, normal);
            double[] high = scores(model, anomalous);
            long wins = 0;
            for (double h : high) {
                wins += Arrays.stream(low).filter(l -> l < h).count();
            }
            return (double) wins / (low.length * high.length);
        }
    }

    private static double[] scores(ScoringModel model, List<float[]> images) {
        return model.analyse(join(images), images.size()).stream()
                .mapToDouble(Analysis::score)
                .toArray();
    }

    /** Slanted colour bars of random place and brightness. */
    private static List<float[]> bars(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<float[]> images = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] image = new float[SHAPE.size()];
            double phase = random.nextDouble() * 8;
            double bright = 0.5 + random.nextDouble() * 0.5;
            for (int i = 0; i < image.length; i++) {
                int c = i / SHAPE.pixels();
                int y = i / SHAPE.width() % SHAPE.height();
                int x = i % SHAPE.width();
                image[i] = (float) (bright * (0.5 + 0.5 * Math.sin((x + y * 0.5 + phase + c) * 0.8)));
            }
            images.add(image);
        }
        return images;
    }

    private static float[] join(List<float[]> images) {
        float[] joined = new float[images.size() * SHAPE.size()];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i), 0, joined, i * SHAPE.size(), SHAPE.size());
        }
        return joined;
    }
}
