package io.afterimage.retrain;

import io.afterimage.model.AutoencoderArchitecture;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.Start;
import io.afterimage.train.TrainingImages;
import io.afterimage.train.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Learns two candidates from the images of a window: one that begins from the current model and one from scratch. Anomalies in
 * the window are taken out first, see {@link CleanWindow}.
 */
public final class CandidateTraining {
    private static final int FOLDS = 2;

    private final ModelTrainer trainer;
    private final Plan plan;

    /**
     * How to train.
     *
     * @param trimmedShare of the training part that is taken out, in [0, 0.5]
     * @param epochs rounds through the images from scratch
     * @param warmEpochs rounds through the images from the current model; 0 for no such candidate
     * @param memory the most normal images to remember features of
     * @param seed of every random choice
     * @param command for the manifest: what made the model
     * @param window for the manifest: where the images came from
     */
    public record Plan(
            double trimmedShare, int epochs, int warmEpochs, int memory, long seed, String command, String window) {
        public Plan {
            if (!(trimmedShare >= 0 && trimmedShare <= 0.5)) {
                throw new IllegalArgumentException("the trimmed share must be within 0..0.5, not " + trimmedShare);
            }
            if (epochs < 1 || warmEpochs < 0) {
                throw new IllegalArgumentException("epochs must be at least 1, warm epochs at least 0");
            }
        }
    }

    /**
     * What was learned.
     *
     * @param models the candidates: from the current model, when asked for, and from scratch
     * @param window what they learned from, and what they have not seen
     */
    public record Candidates(List<ModelArtifact> models, CleanWindow window) {
        public Candidates {
            models = List.copyOf(models);
        }
    }

    public CandidateTraining(ModelTrainer trainer, Plan plan) {
        this.trainer = trainer;
        this.plan = plan;
    }

    /**
     * Trims and trains; takes minutes. The candidates have the architecture and the recipe of the current model.
     *
     * @param images of the window, at least {@value WindowParts#FEWEST}, each as the current model takes them
     * @param progress told after each step of each training; what it throws ends the training, see {@link
     *     io.afterimage.train.TrainingDeadline}
     */
    public Candidates train(
            List<float[]> images, ModelArtifact current, Reference reference, Consumer<TrainingStep> progress) {
        WindowParts window = WindowParts.split(current.manifest().architecture().input(), images, plan.seed());
        CleanWindow clean = clean(window, current.manifest(), reference, progress);
        TrainingImages learning = clean.parts().learning();
        List<ModelArtifact> models = new ArrayList<>();
        if (plan.warmEpochs() > 0) {
            models.add(trainer.train(
                    learning, request(current.manifest(), plan.warmEpochs()), new Start.Warm(current), progress));
        }
        models.add(train(learning, current.manifest(), plan.epochs(), progress));
        return new Candidates(models, clean);
    }

    private CleanWindow clean(
            WindowParts window, ModelManifest current, Reference reference, Consumer<TrainingStep> progress) {
        if (reference instanceof Reference.Current known) {
            return CleanWindow.byModel(window, known.model(), known.alpha(), plan.trimmedShare());
        }
        double anomalous = ((Reference.NewNormal) reference).anomalous();
        List<double[]> scores = crossScores(window, current, progress);
        return CleanWindow.byScores(
                window, scores, Math.max(plan.trimmedShare(), CleanWindow.AMPLE * anomalous), anomalous);
    }

    /**
     * Scores of all parts by networks that have not seen the images: one for each half of the training part. A network that has
     * seen an anomaly remembers its features and finds it normal.
     */
    private List<double[]> crossScores(WindowParts window, ModelManifest current, Consumer<TrainingStep> progress) {
        TrainingImages learning = window.learning();
        List<float[]> training = learning.training();
        List<List<float[]>> unseen = List.of(learning.fusion(), learning.calibration(), window.heldOut());
        List<double[]> scores = new ArrayList<>();
        scores.add(new double[training.size()]);
        unseen.forEach(part -> scores.add(new double[part.size()]));
        for (int fold = 0; fold < FOLDS; fold++) {
            int from = fold * training.size() / FOLDS;
            int to = (fold + 1) * training.size() / FOLDS;
            List<float[]> rest = new ArrayList<>(training.subList(0, from));
            rest.addAll(training.subList(to, training.size()));
            TrainingImages half = new TrainingImages(window.shape(), rest, learning.fusion(), learning.calibration());
            try (ScoringModel model = load(train(half, current, plan.epochs(), progress))) {
                double[] left = Batches.scores(model, training.subList(from, to));
                System.arraycopy(left, 0, scores.get(0), from, left.length);
                for (int i = 0; i < unseen.size(); i++) {
                    double[] more = Batches.scores(model, unseen.get(i));
                    double[] sums = scores.get(i + 1);
                    for (int k = 0; k < more.length; k++) {
                        sums[k] += more[k];
                    }
                }
            }
        }
        return scores;
    }

    private ModelArtifact train(
            TrainingImages images, ModelManifest current, int epochs, Consumer<TrainingStep> progress) {
        return trainer.train(images, request(current, epochs), new Start.Scratch(current.version()), progress);
    }

    private ModelTrainer.Request request(ModelManifest current, int epochs) {
        // A current model gives verdicts: it was loaded as a scoring model before.
        AutoencoderArchitecture architecture = (AutoencoderArchitecture) current.architecture();
        return new ModelTrainer.Request(
                current.name(),
                architecture.latent(),
                epochs,
                plan.seed(),
                plan.memory(),
                ScoreRecipe.of(current.scoring().recipe()),
                plan.command(),
                plan.window());
    }

    private static ScoringModel load(ModelArtifact artifact) {
        try {
            return ScoringModel.load(artifact);
        } catch (ModelRejectedException e) {
            throw new IllegalStateException("a model that was just trained cannot be loaded", e);
        }
    }
}
