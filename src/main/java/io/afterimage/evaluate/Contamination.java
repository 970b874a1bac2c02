package io.afterimage.evaluate;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.retrain.Batches;
import io.afterimage.retrain.CandidateTraining;
import io.afterimage.retrain.Reference;
import io.afterimage.retrain.WindowParts;
import io.afterimage.score.RocArea;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.Start;
import io.afterimage.train.TrainingImages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What anomalies in the window cost a retrained model, with and without trimming.
 *
 * <p>One label is normal, all others are anomalies. Half of its images train the current model, the other half is the window, into
 * which images of other labels are mixed. A model is learned from the window as the retrainer does it, one from the same window
 * without trimming, and one from the window without anomalies. All three are compared on the test set.
 */
public final class Contamination {
    private final LabelledImages train;
    private final LabelledImages test;
    private final Plan plan;
    private final ModelTrainer trainer;
    private final Consumer<String> progress;

    /**
     * What to measure.
     *
     * @param shares of the window that are anomalies, each in (0, 0.5)
     * @param trim share of the training part that the retrainer takes out at least
     * @param epochs rounds through the images
     * @param alpha the false-alarm rate that trimming reckons with
     */
    public record Plan(List<Double> shares, double trim, int epochs, double alpha) {
        public Plan {
            shares = List.copyOf(shares);
            if (!shares.stream().allMatch(share -> share > 0 && share < 0.5)) {
                throw new IllegalArgumentException("shares of anomalies must be between 0 and 0.5, not " + shares);
            }
        }
    }

    /**
     * Areas under the curve of models of one window.
     *
     * @param label what is normal
     * @param clean without anomalies in the window
     * @param contaminated for each share of anomalies
     */
    public record Result(String label, long seed, double clean, List<Contaminated> contaminated) {
        public Result {
            contaminated = List.copyOf(contaminated);
        }
    }

    /**
     * Areas under the curve with anomalies in the window.
     *
     * @param share of the window that are anomalies
     */
    public record Contaminated(double share, double trimmed, double untrimmed) {}

    /** @param progress told before each training */
    public Contamination(
            LabelledImages train, LabelledImages test, Plan plan, ModelTrainer trainer, Consumer<String> progress) {
        this.train = train;
        this.test = test;
        this.plan = plan;
        this.trainer = trainer;
        this.progress = progress;
    }

    /**
     * Measures one split of the data; takes a minute or more.
     *
     * @param label what is normal
     * @param seed of the split and of all trainings
     * @throws IllegalArgumentException when there are too few images of the label
     */
    public Result measure(String label, long seed) throws ModelRejectedException {
        List<float[]> normal = shuffled(train.of(label), seed);
        List<float[]> others = shuffled(train.exceptOf(label), seed);
        List<float[]> window = normal.subList(normal.size() / 2, normal.size());
        progress.accept("label %s, seed %d: the current model".formatted(label, seed));
        ModelArtifact current = train(
                TrainingImages.split(train.shape(), normal.subList(0, normal.size() / 2), seed),
                new Start.Scratch(""),
                seed);
        progress.accept("label %s, seed %d: a clean window".formatted(label, seed));
        double clean = area(untrimmed(window, current, seed), label);
        List<Contaminated> contaminated = new ArrayList<>();
        for (double share : plan.shares()) {
            List<float[]> mixed = new ArrayList<>(window);
            mixed.addAll(others.subList(0, (int) Math.round(window.size() * share / (1 - share))));
            progress.accept("label %s, seed %d: %.1f %% anomalies".formatted(label, seed, 100 * share));
            contaminated.add(new Contaminated(
                    share, area(trimmed(mixed, current, seed), label), area(untrimmed(mixed, current, seed), label)));
        }
        return new Result(label, seed, clean, contaminated);
    }

    private ModelArtifact trimmed(List<float[]> window, ModelArtifact current, long seed)
            throws ModelRejectedException {
        CandidateTraining.Plan training = new CandidateTraining.Plan(
                plan.trim(), plan.epochs(), 0, window.size(), seed, "afterimage evaluate", train.name());
        try (ScoringModel model = ScoringModel.load(current)) {
            return new CandidateTraining(trainer, training)
                    .train(window, current, new Reference.Current(model, plan.alpha()), step -> {})
                    .models()
                    .get(0);
        }
    }

    private ModelArtifact untrimmed(List<float[]> window, ModelArtifact current, long seed) {
        return train(
                WindowParts.split(train.shape(), window, seed).learning(),
                new Start.Scratch(current.manifest().version()),
                seed);
    }

    private ModelArtifact train(TrainingImages images, Start start, long seed) {
        ModelTrainer.Request request = new ModelTrainer.Request(
                "evaluated",
                32,
                plan.epochs(),
                seed,
                images.training().size(),
                ScoreRecipe.ACCURATE,
                "afterimage evaluate",
                train.name());
        return trainer.train(images, request, start, step -> {});
    }

    private double area(ModelArtifact artifact, String label) throws ModelRejectedException {
        try (ScoringModel model = ScoringModel.load(artifact)) {
            return RocArea.of(Batches.scores(model, test.exceptOf(label)), Batches.scores(model, test.of(label)));
        }
    }

    private static List<float[]> shuffled(List<float[]> images, long seed) {
        List<float[]> shuffled = new ArrayList<>(images);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled;
    }
}
