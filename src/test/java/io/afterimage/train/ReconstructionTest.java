package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.Analysis;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link NetworkTrainerTest} asks of the other architectures, asked of the autoencoder that gives verdicts. */
class ReconstructionTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

    private static List<float[]> learned;
    private static List<float[]> unseen;
    private static ModelArtifact artifact;

    @BeforeAll
    static void train() {
        List<float[]> digits = ShippedModel.images("builtin:digits-test");
        learned = digits.subList(0, 200);
        unseen = digits.subList(200, 264);
        artifact = new ModelTrainer(CLOCK)
                .train(
                        TrainingImages.split(ShippedModel.shape(), learned, 5),
                        new ModelTrainer.Request(
                                "digits", 16, 30, 5, 100, ScoreRecipe.FAST, "train --images digits", "digits"),
                        step -> {});
    }

    @Test
    void theLossFalls() {
        ModelManifest.Training training = artifact.manifest().training();

        assertThat(training.lastLoss()).isPositive().isLessThan(0.8 * training.firstLoss());
        assertThat(training.seed()).isEqualTo(5);
    }

    @Test
    void aModelReadFromDiskGivesTheSameBits(@TempDir Path directory) throws Exception {
        artifact.write(directory);

        List<Analysis> written = analyses(artifact);
        List<Analysis> read = analyses(ModelArtifact.read(directory));

        for (int i = 0; i < unseen.size(); i++) {
            assertThat(read.get(i).reconstruction()).isEqualTo(written.get(i).reconstruction());
            assertThat(read.get(i).latent()).isEqualTo(written.get(i).latent());
            assertThat(read.get(i).parts()).isEqualTo(written.get(i).parts());
        }
    }

    @Test
    void reconstructionBeatsTheMeanImage() throws ModelRejectedException {
        float[] mean = new float[learned.get(0).length];
        for (float[] image : learned) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += image[i] / learned.size();
            }
        }
        List<Analysis> analyses = analyses(artifact);
        double ofMean = 0;
        double ofModel = 0;
        for (int i = 0; i < unseen.size(); i++) {
            ofMean += error(mean, unseen.get(i));
            ofModel += error(analyses.get(i).reconstruction(), unseen.get(i));
        }

        assertThat(ofModel).isLessThan(ofMean);
    }

    private static double error(float[] picture, float[] truth) {
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            sum += (picture[i] - truth[i]) * (picture[i] - truth[i]);
        }
        return sum;
    }

    private static List<Analysis> analyses(ModelArtifact model) throws ModelRejectedException {
        try (ScoringModel loaded = ScoringModel.load(model)) {
            return loaded.analyse(ImageBatch.join(unseen), unseen.size());
        }
    }
}
