package io.afterimage.cli;

import io.afterimage.evaluate.LabelledImages;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.model.Architecture;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.train.ImageCollection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            "denoise: pictures are spoiled and restored, by a network and by what needs none. Printed is how close they come.",
            "super-resolution: pictures of half the resolution are enlarged, likewise.",
            "embedding: what latent vectors of 2, 16 and 32 dimensions tell of a picture, next to as many principal components.",
            "lossy: what is lost of a picture that is squeezed into a few numbers and made again, by two loss functions.",
            "data-specific: a model of each set, and how often it calls images of all sets anomalous.",
            "generation: what a generative model loses of pictures it has not seen; the report shows what it makes.",
            "",
            "calibration: all labels are normal. Printed is the share of held-out images that are called anomalous at alpha 0.01 and",
            "0.001, and the interval that a right calibration keeps to in 99 of 100 cases.",
            "",
            "contamination: one label is normal, all others are anomalies. Half of the normal images train the current model, the "
                    + "other half is the window of the retrainer, into which 1 %% and 5 %% anomalies are mixed. Printed is the area under "
                    + "the curve of a model of the clean window, and by how much it falls with anomalies in the window, with the "
                    + "retrainer's trimming and without."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage evaluate --protocol one-class",
            "  afterimage evaluate --protocol normal-vs:good --images ./inspected --recipe fast",
            "  afterimage evaluate --protocol denoise --noise fog --seeds 1 --report ./denoised",
            "  afterimage evaluate --protocol generation --latent 2 --seeds 1 --report ./generated",
            "  afterimage evaluate --protocol data-specific --images builtin:digits --others builtin:fashion --seeds 1",
            "  afterimage evaluate --protocol contamination --images train-images-idx3-ubyte.gz \\",
            "      --test t10k-images-idx3-ubyte.gz --normal 2,8 --json",
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final String DIGITS = "builtin:digits-train";
    private static final String DIGITS_TEST = "builtin:digits-test";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(
            names = "--protocol",
            required = true,
            description =
                    "What to measure: one-class, leave-one-out, normal-vs:LABELS, denoise, super-resolution, embedding,"
                            + " lossy, generation, data-specific, calibration or contamination.")
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
            names = "--others",
            split = ",",
            paramLabel = "IMAGES",
            description = "With data-specific: the other sets, at least one.")
    private List<String> others = List.of();

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
            description = "Rounds through the images. Default: what suits the protocol; it is printed")
    private @Nullable Integer epochs;

    @Option(
            names = "--latent",
            description =
                    "Length of the latent vector, and components of the PCA beside it. Default: 32, with generation 2")
    private @Nullable Integer latent;

    @Mixin
    private RecipeOption recipe = new RecipeOption();

    @Option(
            names = "--trim",
            defaultValue = "0.1",
            description =
                    "Share of the training part that is taken out at least. Default: ${DEFAULT-VALUE}, as the retrainer")
    private double trim;

    @Mixin
    private FamilyOptions family = new FamilyOptions();

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write DIR/index.html, with curves and pictures; not for calibration and contamination.")
    private @Nullable Path page;

    @Option(names = "--json", description = "Print one JSON object at the end instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException, ModelRejectedException {
        Logging.ERROR.useByDefault();
        requireSense();
        Evaluation.Plan plan = plan();
        Findings findings;
        try {
            findings = findings(plan);
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (page != null) {
            findings.page(page, headline(plan));
            progress("wrote " + page.resolve("index.html").toAbsolutePath());
        }
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(findings.json()));
        } else {
            out.printf("%s%n%n", headline(plan));
            findings.print(out);
        }
        return Main.OK;
    }

    private Findings findings(Evaluation.Plan plan) throws ImageSetException, ModelRejectedException {
        if (protocol.equals(DataSpecificityReport.NAME)) {
            Map<String, InputShape> sets = new LinkedHashMap<>();
            sets.put(images, shape(images));
            for (String other : others) {
                sets.put(other, shape(other));
            }
            return Evaluation.dataSpecificity(plan, sets, this::progress);
        }
        InputShape shape = shape(images);
        LabelledImages train = LabelledImages.read(images, shape);
        return new Evaluation(plan, train, readTest(shape), this::progress).findings();
    }

    private void requireSense() {
        if (!Evaluation.PROTOCOLS.contains(protocol) && !protocol.startsWith(Evaluation.NORMAL_VS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--protocol must be %s or %sLABELS, not '%s'"
                            .formatted(String.join(", ", Evaluation.PROTOCOLS), Evaluation.NORMAL_VS, protocol));
        }
        if (seeds < 1 || (epochs != null && epochs < 1) || !(trim >= 0 && trim <= 0.5)) {
            throw new ParameterException(
                    spec.commandLine(), "--seeds and --epochs must be at least 1, --trim within 0..0.5");
        }
        if (protocol.equals(DataSpecificityReport.NAME) == others.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--protocol data-specific needs the other sets as --others, no other protocol does");
        }
        if (latent != null && (latent < 1 || latent > Architecture.MAX_LATENT)) {
            throw new ParameterException(
                    spec.commandLine(), "--latent must be within 1..%d".formatted(Architecture.MAX_LATENT));
        }
        if (page != null && Evaluation.WITHOUT_PAGE.contains(protocol)) {
            throw new ParameterException(
                    spec.commandLine(), "--report has nothing to show for %s; leave it out".formatted(protocol));
        }
        try {
            Architecture.requireWidth(family.width());
            family.loss();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Evaluation.Plan plan() {
        return new Evaluation.Plan(
                protocol,
                normal,
                seeds,
                epochs == null ? OptionalInt.empty() : OptionalInt.of(epochs),
                latent == null ? OptionalInt.empty() : OptionalInt.of(latent),
                recipe.recipe(),
                trim,
                family);
    }

    private static InputShape shape(String images) throws ImageSetException {
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

    private String headline(Evaluation.Plan plan) {
        return "%s, %s; test on %s; %s, %s; seeds 1 to %d"
                .formatted(
                        protocol,
                        images,
                        test != null ? test : images.equals(DIGITS) ? DIGITS_TEST : "a fifth of the normal images",
                        plan.rounds(),
                        plan.particulars(),
                        seeds);
    }

    private void progress(String step) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(step);
        err.flush();
    }
}
