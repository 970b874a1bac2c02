package io.afterimage.cli;

import io.afterimage.evaluate.CalibrationCheck;
import io.afterimage.evaluate.Contamination;
import io.afterimage.evaluate.DataSpecificity;
import io.afterimage.evaluate.Detection;
import io.afterimage.evaluate.DetectionTask;
import io.afterimage.evaluate.EmbeddingCheck;
import io.afterimage.evaluate.GenerationCheck;
import io.afterimage.evaluate.LabelledImages;
import io.afterimage.evaluate.LossinessCheck;
import io.afterimage.evaluate.RestorationCheck;
import io.afterimage.evaluate.Spoiling;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.Goal;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.NetworkTrainer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** The protocols of {@code evaluate}: what is trained and tested on which images, once for each seed. */
final class Evaluation {
    static final String ONE_CLASS = "one-class";
    static final String LEAVE_ONE_OUT = "leave-one-out";
    static final String NORMAL_VS = "normal-vs:";
    static final String DENOISE = "denoise";
    static final String SUPER_RESOLUTION = "super-resolution";
    static final List<String> PROTOCOLS = List.of(
            ONE_CLASS,
            LEAVE_ONE_OUT,
            DENOISE,
            SUPER_RESOLUTION,
            EmbeddingReport.NAME,
            LossinessReport.NAME,
            GenerationReport.NAME,
            DataSpecificityReport.NAME,
            CalibrationReport.NAME,
            ContaminationReport.NAME);

    static final Set<String> WITHOUT_PAGE = Set.of(CalibrationReport.NAME, ContaminationReport.NAME);

    private static final double ALPHA = 0.01;
    private static final int MEMORY = 6_000;
    /** As the retrainer. */
    private static final int RETRAINING_EPOCHS = 45;

    private final Plan plan;
    private final LabelledImages train;
    private final Optional<LabelledImages> test;
    private final Consumer<String> progress;
    private final ModelTrainer models = new ModelTrainer(Clock.systemUTC());
    private final NetworkTrainer networks = new NetworkTrainer(Clock.systemUTC());

    /**
     * What was asked for.
     *
     * @param protocol one of {@link #PROTOCOLS}, or {@value #NORMAL_VS} and labels
     * @param normal labels to take in turn; empty for all
     * @param seeds how many
     * @param givenEpochs rounds through the images; empty for those that suit the protocol
     * @param givenLatent length of the latent vector; likewise
     * @param trim share of the training part of a window that is taken out at least
     */
    record Plan(
            String protocol,
            List<String> normal,
            int seeds,
            OptionalInt givenEpochs,
            OptionalInt givenLatent,
            ScoreRecipe recipe,
            double trim,
            FamilyOptions family) {

        /** Rounds through the images, in words. */
        String rounds() {
            return givenEpochs.isPresent() ? givenEpochs.getAsInt() + " epochs" : "as many epochs as suit the images";
        }

        int latent() {
            return givenLatent.orElse(protocol.equals(GenerationReport.NAME) ? 2 : 32);
        }

        /** What is particular to the protocol, in words. */
        String particulars() {
            return switch (protocol) {
                case DENOISE -> "%s noise, width %d".formatted(family.noise().label(), family.width());
                case SUPER_RESOLUTION -> "width %d".formatted(family.width());
                case GenerationReport.NAME ->
                    "%s, %d latent dimensions, loss %s, prior %s"
                            .formatted(
                                    family.architecture(),
                                    latent(),
                                    family.loss().pixels(),
                                    family.loss().prior());
                case ContaminationReport.NAME -> "at least %.0f %% trimmed".formatted(100 * trim);
                case EmbeddingReport.NAME -> "variational and block-drop autoencoder";
                case LossinessReport.NAME -> "%d numbers for a picture".formatted(latent());
                default -> recipe.label() + " recipe";
            };
        }
    }

    /**
     * Of images that were read.
     *
     * @param test empty to hold out images of {@code train} where the protocol can
     * @param progress told before each training
     */
    Evaluation(Plan plan, LabelledImages train, Optional<LabelledImages> test, Consumer<String> progress) {
        this.plan = plan;
        this.train = train;
        this.test = test;
        this.progress = progress;
    }

    /** @throws IllegalArgumentException when the images do not suffice */
    Findings findings() throws ModelRejectedException {
        return switch (plan.protocol()) {
            case ContaminationReport.NAME -> contamination();
            case CalibrationReport.NAME -> calibration();
            case DENOISE, SUPER_RESOLUTION -> restoration();
            case GenerationReport.NAME -> generation();
            case EmbeddingReport.NAME -> embedding();
            case LossinessReport.NAME -> lossiness();
            case DataSpecificityReport.NAME ->
                throw new IllegalStateException("whole sets are compared by dataSpecificity()");
            default -> detection();
        };
    }

    private DetectionReport detection() throws ModelRejectedException {
        Detection detection = new Detection(train, test, detectionPlan(plan), models, progress);
        List<Detection.Outcome> outcomes = new ArrayList<>();
        for (DetectionTask task : tasks()) {
            for (long seed = 1; seed <= plan.seeds(); seed++) {
                outcomes.add(detection.measure(task, seed));
            }
        }
        return new DetectionReport(plan.protocol(), train.shape(), outcomes);
    }

    private static Detection.Plan detectionPlan(Plan plan) {
        return new Detection.Plan(plan.givenEpochs(), plan.latent(), MEMORY, plan.recipe(), ALPHA);
    }

    private CalibrationReport calibration() throws ModelRejectedException {
        CalibrationCheck check = new CalibrationCheck(train, detectionPlan(plan), models, progress);
        List<CalibrationCheck.Result> results = new ArrayList<>();
        for (long seed = 1; seed <= plan.seeds(); seed++) {
            results.add(check.measure(CalibrationReport.ALPHAS, seed));
        }
        return new CalibrationReport(results);
    }

    private RestorationReport restoration() throws ModelRejectedException {
        Spoiling spoiling = plan.protocol().equals(DENOISE)
                ? new Spoiling.Noisy(
                        plan.family().noise(),
                        plan.family().noise(),
                        plan.family().width())
                : new Spoiling.Halved(plan.family().width());
        RestorationCheck check = new RestorationCheck(
                train,
                requireTest(),
                new RestorationCheck.Plan(spoiling, plan.givenEpochs(), plan.latent()),
                networks,
                progress);
        List<RestorationCheck.Outcome> outcomes = new ArrayList<>();
        for (long seed = 1; seed <= plan.seeds(); seed++) {
            outcomes.add(check.measure(seed));
        }
        return new RestorationReport(plan.protocol(), outcomes);
    }

    private GenerationReport generation() throws ModelRejectedException {
        String kind = plan.family().architecture();
        String dense = GenerativeArchitecture.DENSE_VARIATIONAL;
        Goal.Generate goal =
                new Goal.Generate(kind, plan.latent(), plan.family().loss());
        Optional<Goal.Generate> plain = Optional.of(
                        new Goal.Generate(dense, plan.latent(), plan.family().loss()))
                .filter(any -> kind.equals(GenerativeArchitecture.VARIATIONAL));
        GenerationCheck check = new GenerationCheck(
                train, requireTest(), new GenerationCheck.Plan(goal, plain, plan.givenEpochs()), networks, progress);
        List<GenerationCheck.Outcome> outcomes = new ArrayList<>();
        for (long seed = 1; seed <= plan.seeds(); seed++) {
            outcomes.add(check.measure(seed));
        }
        return new GenerationReport(outcomes);
    }

    private EmbeddingReport embedding() throws ModelRejectedException {
        EmbeddingCheck check = new EmbeddingCheck(train, requireTest(), plan.givenEpochs(), models, networks, progress);
        List<EmbeddingCheck.Outcome> outcomes = new ArrayList<>();
        for (int dimensions : EmbeddingReport.DIMENSIONS) {
            for (long seed = 1; seed <= plan.seeds(); seed++) {
                outcomes.add(check.measure(dimensions, seed));
            }
        }
        return new EmbeddingReport(outcomes);
    }

    private LossinessReport lossiness() throws ModelRejectedException {
        LossinessCheck check = new LossinessCheck(
                train, requireTest(), new LossinessCheck.Plan(plan.givenEpochs(), plan.latent()), networks, progress);
        List<LossinessCheck.Outcome> outcomes = new ArrayList<>();
        for (long seed = 1; seed <= plan.seeds(); seed++) {
            outcomes.add(check.measure(seed));
        }
        return new LossinessReport(outcomes);
    }

    /** @param sets specifications of sets and the shapes that suit them */
    static DataSpecificityReport dataSpecificity(Plan plan, Map<String, InputShape> sets, Consumer<String> progress)
            throws ImageSetException, ModelRejectedException {
        DataSpecificity check =
                new DataSpecificity(sets, detectionPlan(plan), new ModelTrainer(Clock.systemUTC()), progress);
        List<DataSpecificity.Outcome> outcomes = new ArrayList<>();
        for (String set : sets.keySet()) {
            for (long seed = 1; seed <= plan.seeds(); seed++) {
                outcomes.add(check.measure(set, seed));
            }
        }
        return new DataSpecificityReport(outcomes);
    }

    private ContaminationReport contamination() throws ModelRejectedException {
        LabelledImages tested = requireTest();
        Contamination contamination = new Contamination(
                train,
                tested,
                new Contamination.Plan(
                        ContaminationReport.SHARES,
                        plan.trim(),
                        plan.givenEpochs().orElse(RETRAINING_EPOCHS),
                        ALPHA),
                models,
                progress);
        List<Contamination.Result> results = new ArrayList<>();
        for (String label : labels()) {
            requireLabel(tested, label);
            for (long seed = 1; seed <= plan.seeds(); seed++) {
                results.add(contamination.measure(label, seed));
            }
        }
        return new ContaminationReport(results);
    }

    private LabelledImages requireTest() {
        return test.orElseThrow(() -> new IllegalArgumentException(
                "--protocol %s needs images to test on: --test".formatted(plan.protocol())));
    }

    private List<DetectionTask> tasks() {
        Set<String> labels = train.byLabel().keySet();
        if (plan.protocol().startsWith(NORMAL_VS)) {
            List<String> together =
                    List.of(plan.protocol().substring(NORMAL_VS.length()).split(","));
            together.forEach(label -> requireLabel(train, label));
            return List.of(DetectionTask.normalAgainst(Set.copyOf(together), labels));
        }
        List<String> each = labels();
        return plan.protocol().equals(ONE_CLASS)
                ? DetectionTask.oneClass(each, labels)
                : DetectionTask.leaveOneOut(each, labels);
    }

    private List<String> labels() {
        plan.normal().forEach(label -> requireLabel(train, label));
        return plan.normal().isEmpty() ? List.copyOf(train.byLabel().keySet()) : plan.normal();
    }

    private static void requireLabel(LabelledImages set, String label) {
        if (!set.byLabel().containsKey(label)) {
            throw new IllegalArgumentException("There are no images of label '%s' in %s; there are %s"
                    .formatted(
                            label, set.name(), String.join(", ", set.byLabel().keySet())));
        }
    }
}
