package io.afterimage.cli;

import io.afterimage.evaluate.CalibrationCheck;
import io.afterimage.evaluate.Contamination;
import io.afterimage.evaluate.Detection;
import io.afterimage.evaluate.DetectionTask;
import io.afterimage.evaluate.LabelledImages;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.model.Architecture;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.report.DetectionPage;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.ImageCollection;
import io.afterimage.train.ModelTrainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Measures on labelled images what the models and the retraining are worth. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Measures on labelled images, with a protocol that is printed. Nothing that is learned reads a label.",
            "",
            "one-class: a model learns one label; all others are anomalies. For each label in turn.",
            "leave-one-out: a model learns all labels but one, which is the anomaly. For each label in turn.",
            "normal-vs:LABELS: a model learns these labels, all others are anomalies.",
            "Printed is the area under the curve (AUROC), next to scores that need no network, measured on the same images.",
            "",
            "calibration: all labels are normal. Printed is the share of held-out images that are called anomalous at alpha 0.01 and",
            "0.001, and the interval that a right calibration keeps to in 99 of 100 cases.",
            "",
            "contamination: one label is normal, all others are anomalies. Half of the normal images train the current model, the "
                    + "other half is the window of the retrainer, into which 1 % and 5 % anomalies are mixed. Printed is the area under "
                    + "the curve of a model of the clean window, and by how much it falls with anomalies in the window, with the "
                    + "retrainer's trimming and without."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage evaluate --protocol one-class",
            "  afterimage evaluate --protocol normal-vs:good --images ./inspected --recipe fast",
            "  afterimage evaluate --protocol contamination --images train-images-idx3-ubyte.gz \\",
            "      --test t10k-images-idx3-ubyte.gz --normal 2,8 --json",
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final String ONE_CLASS = "one-class";
    private static final String LEAVE_ONE_OUT = "leave-one-out";
    private static final String NORMAL_VS = "normal-vs:";
    private static final String DIGITS = "builtin:digits-train";
    private static final String DIGITS_TEST = "builtin:digits-test";
    private static final List<String> PROTOCOLS =
            List.of(ONE_CLASS, LEAVE_ONE_OUT, CalibrationReport.NAME, ContaminationReport.NAME);
    private static final double ALPHA = 0.01;
    private static final int MEMORY = 6_000;
    private static final int EPOCHS = 30;
    /** As the retrainer. */
    private static final int RETRAINING_EPOCHS = 45;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(
            names = "--protocol",
            required = true,
            description = "What to measure: one-class, leave-one-out, normal-vs:LABELS, calibration or contamination.")
    private String protocol = "";

    @Option(
            names = "--images",
            defaultValue = DIGITS,
            paramLabel = "IMAGES",
            description = "Labelled images to train on: " + ImageSet.KINDS + ". Default: ${DEFAULT-VALUE}")
    private String images = "";

    @Option(
            names = "--test",
            paramLabel = "IMAGES",
            description =
                    "Labelled images to test on. Default: builtin:digits-test with the digits, else a fifth of the normal"
                            + " images and all anomalies.")
    private @Nullable String test;

    @Option(
            names = "--normal",
            split = ",",
            paramLabel = "LABELS",
            description =
                    "With one-class and contamination the labels that are normal, with leave-one-out those that are not, one"
                            + " after the other. Default: all")
    private List<String> normal = List.of();

    @Option(
            names = "--seeds",
            defaultValue = "3",
            description = "How many seeds; they are 1, 2, 3 and so on. Default: ${DEFAULT-VALUE}")
    private int seeds;

    @Option(
            names = "--epochs",
            description = "Rounds through the images. Default: 30 as `train`, with contamination 45 as the retrainer")
    private @Nullable Integer epochs;

    @Option(
            names = "--latent",
            defaultValue = "32",
            description = "Length of the latent vector, and components of the PCA beside it. Default: ${DEFAULT-VALUE}")
    private int latent;

    @Option(
            names = "--recipe",
            defaultValue = "accurate",
            description = "How to score: fast (one pass) or accurate (three passes). Default: ${DEFAULT-VALUE}")
    private String recipe = "accurate";

    @Option(
            names = "--trim",
            defaultValue = "0.1",
            description =
                    "Share of the training part that is taken out at least. Default: ${DEFAULT-VALUE}, as the retrainer")
    private double trim;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description =
                    "With one-class, leave-one-out and normal-vs: write DIR/index.html, with curves and pictures.")
    private @Nullable Path page;

    @Option(names = "--json", description = "Print one JSON object at the end instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException, ModelRejectedException {
        Logging.ERROR.useByDefault();
        if (!PROTOCOLS.contains(protocol) && !protocol.startsWith(NORMAL_VS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--protocol must be %s or %sLABELS, not '%s'"
                            .formatted(String.join(", ", PROTOCOLS), NORMAL_VS, protocol));
        }
        if (seeds < 1 || (epochs != null && epochs < 1) || !(trim >= 0 && trim <= 0.5)) {
            throw new ParameterException(
                    spec.commandLine(), "--seeds and --epochs must be at least 1, --trim within 0..0.5");
        }
        if (latent < 1 || latent > Architecture.MAX_LATENT) {
            throw new ParameterException(
                    spec.commandLine(), "--latent must be within 1..%d".formatted(Architecture.MAX_LATENT));
        }
        ScoreRecipe how = recipe();
        InputShape shape = shape();
        LabelledImages train = LabelledImages.read(images, shape);
        Optional<LabelledImages> tested = readTest(shape);
        try {
            switch (protocol) {
                case ContaminationReport.NAME -> contamination(train, tested);
                case CalibrationReport.NAME -> calibration(train, how);
                default -> detection(train, tested, how);
            }
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
        return Main.OK;
    }

    private ScoreRecipe recipe() {
        try {
            return ScoreRecipe.of(recipe);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private InputShape shape() throws ImageSetException {
        try (ImageSet set = ImageSet.open(images)) {
            return ImageCollection.suitableShape(set, new ImageDecoder(ImageLimits.DEFAULT));
        }
    }

    private Optional<LabelledImages> readTest(InputShape shape) throws ImageSetException {
        if (test != null) {
            return Optional.of(LabelledImages.read(test, shape));
        }
        return images.equals(DIGITS) ? Optional.of(LabelledImages.read(DIGITS_TEST, shape)) : Optional.empty();
    }

    private void detection(LabelledImages train, Optional<LabelledImages> tested, ScoreRecipe how)
            throws IOException, ModelRejectedException {
        Detection detection =
                new Detection(train, tested, plan(how), new ModelTrainer(Clock.systemUTC()), this::progress);
        List<Detection.Result> results = new ArrayList<>();
        List<Detection.Evidence> evidence = new ArrayList<>();
        for (DetectionTask task : tasks(train)) {
            for (long seed = 1; seed <= seeds; seed++) {
                Detection.Outcome outcome = detection.measure(task, seed);
                results.add(outcome.result());
                if (seed == 1) {
                    evidence.add(outcome.evidence());
                }
            }
        }
        if (page != null) {
            new DetectionPage(train.shape())
                    .write(page, headline(plan(how).epochs(), recipe + " recipe"), results, evidence);
            progress("wrote " + page.resolve("index.html").toAbsolutePath());
        }
        DetectionReport report = new DetectionReport(protocol, results);
        if (json) {
            json(report.json());
        } else {
            spec.commandLine().getOut().printf("%s%n%n", headline(plan(how).epochs(), recipe + " recipe"));
            report.print(spec.commandLine().getOut());
        }
    }

    private Detection.Plan plan(ScoreRecipe how) {
        return new Detection.Plan(epochs == null ? EPOCHS : epochs, latent, MEMORY, how, ALPHA);
    }

    private void calibration(LabelledImages train, ScoreRecipe how) throws ModelRejectedException {
        CalibrationCheck check =
                new CalibrationCheck(train, plan(how), new ModelTrainer(Clock.systemUTC()), this::progress);
        List<CalibrationCheck.Result> results = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            results.add(check.measure(CalibrationReport.ALPHAS, seed));
        }
        CalibrationReport report = new CalibrationReport(results);
        if (json) {
            json(report.json());
        } else {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s, %s; %d epochs, %s recipe%n%n",
                            protocol, images, plan(how).epochs(), recipe);
            report.print(spec.commandLine().getOut());
        }
    }

    private List<DetectionTask> tasks(LabelledImages train) {
        Set<String> labels = train.byLabel().keySet();
        if (protocol.startsWith(NORMAL_VS)) {
            List<String> together =
                    List.of(protocol.substring(NORMAL_VS.length()).split(","));
            together.forEach(label -> requireLabel(train, label));
            return List.of(DetectionTask.normalAgainst(Set.copyOf(together), labels));
        }
        List<String> each = labels(train);
        return protocol.equals(ONE_CLASS)
                ? DetectionTask.oneClass(each, labels)
                : DetectionTask.leaveOneOut(each, labels);
    }

    private void contamination(LabelledImages train, Optional<LabelledImages> tested) throws ModelRejectedException {
        if (tested.isEmpty()) {
            throw new IllegalArgumentException("--protocol contamination needs images to test on: --test");
        }
        int rounds = epochs == null ? RETRAINING_EPOCHS : epochs;
        Contamination contamination = new Contamination(
                train,
                tested.get(),
                new Contamination.Plan(ContaminationReport.SHARES, trim, rounds, ALPHA),
                new ModelTrainer(Clock.systemUTC()),
                this::progress);
        List<Contamination.Result> results = new ArrayList<>();
        for (String label : labels(train)) {
            requireLabel(tested.get(), label);
            for (long seed = 1; seed <= seeds; seed++) {
                results.add(contamination.measure(label, seed));
            }
        }
        ContaminationReport report = new ContaminationReport(results);
        if (json) {
            json(report.json());
        } else {
            spec.commandLine()
                    .getOut()
                    .printf("%s%n%n", headline(rounds, "at least %.0f %% trimmed".formatted(100 * trim)));
            report.print(spec.commandLine().getOut());
        }
    }

    private List<String> labels(LabelledImages train) {
        normal.forEach(label -> requireLabel(train, label));
        return normal.isEmpty() ? List.copyOf(train.byLabel().keySet()) : normal;
    }

    private static void requireLabel(LabelledImages set, String label) {
        if (!set.byLabel().containsKey(label)) {
            throw new IllegalArgumentException("There are no images of label '%s' in %s; there are %s"
                    .formatted(
                            label, set.name(), String.join(", ", set.byLabel().keySet())));
        }
    }

    private String headline(int rounds, String more) {
        return "%s, %s; test on %s; %d epochs, %s; seeds 1 to %d"
                .formatted(
                        protocol,
                        images,
                        test != null ? test : images.equals(DIGITS) ? DIGITS_TEST : "a fifth of the normal images",
                        rounds,
                        more,
                        seeds);
    }

    private void json(Map<String, Object> report) {
        spec.commandLine().getOut().println(JsonMapper.shared().writeValueAsString(report));
    }

    private void progress(String step) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(step);
        err.flush();
    }
}
