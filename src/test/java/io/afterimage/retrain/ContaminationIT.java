package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.LabelledImage;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.Start;
import io.afterimage.train.TrainingImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One digit is normal, one image in twenty of the window is another digit: learning from the window as it is costs AUROC, taking
 * the suspicious images out first wins a good part of it back. All 800 images of a digit are few, so only the direction is
 * checked here.
 */
class ContaminationIT {
    private static final double CONTAMINATION = 0.05;
    private static final int EPOCHS = 60;

    @ParameterizedTest
    @ValueSource(strings = {"8", "2"})
    void trimmingWinsBackWhatAnomaliesInTheWindowCost(String digit) throws Exception {
        Predicate<LabelledImage> wanted = image -> digit.equals(Objects.requireNonNull(image.label()));
        List<float[]> normal = Shipped.images("builtin:digits-train", wanted, 800);
        List<float[]> before = normal.subList(0, normal.size() / 2);
        List<float[]> window = normal.subList(normal.size() / 2, normal.size());
        int foreign = (int) Math.round(window.size() * CONTAMINATION / (1 - CONTAMINATION));
        List<float[]> contaminated = new ArrayList<>(window);
        contaminated.addAll(Shipped.images("builtin:digits-train", wanted.negate(), foreign));

        ModelArtifact current = train(TrainingImages.split(Shipped.SHAPE, before, 1));
        double clean = auroc(train(WindowParts.split(Shipped.SHAPE, window, 1).learning()), wanted);
        double untrimmed =
                auroc(train(WindowParts.split(Shipped.SHAPE, contaminated, 1).learning()), wanted);
        double trimmed = auroc(trimmed(contaminated, current), wanted);

        String figures = "clean %.4f, untrimmed %.4f, trimmed %.4f".formatted(clean, untrimmed, trimmed);
        assertThat(untrimmed).as(figures).isLessThan(clean - 0.01);
        assertThat(trimmed).as(figures).isGreaterThan(untrimmed);
    }

    private static ModelArtifact trimmed(List<float[]> window, ModelArtifact current) throws Exception {
        CandidateTraining.Plan plan = new CandidateTraining.Plan(
                CandidateTraining.Plan.TRIMMED_SHARE, EPOCHS, 0, 4_000, 1, "afterimage retrain", "digits");
        try (ScoringModel model = ScoringModel.load(current)) {
            return new CandidateTraining(Shipped.TRAINER, plan)
                    .train(window, current, new Reference.Current(model, 0.01), step -> {})
                    .models()
                    .get(0);
        }
    }

    private static ModelArtifact train(TrainingImages images) {
        ModelTrainer.Request request = new ModelTrainer.Request(
                "digit", 32, EPOCHS, 1, 4_000, ScoreRecipe.ACCURATE, "afterimage retrain", "digits");
        return Shipped.TRAINER.train(images, request, new Start.Scratch(""), step -> {});
    }

    /** Of the digit against the others, on images of neither window. */
    private static double auroc(ModelArtifact artifact, Predicate<LabelledImage> wanted) throws Exception {
        List<float[]> normal = Shipped.images("builtin:digits-test", wanted, 1_000);
        List<float[]> anomalous = Shipped.images("builtin:digits-test", wanted.negate(), 1_000);
        try (ScoringModel model = ScoringModel.load(artifact)) {
            double wins = MannWhitneyUTest.withDefaults()
                    .statistic(Batches.scores(model, anomalous), Batches.scores(model, normal));
            return wins / normal.size() / anomalous.size();
        }
    }
}
