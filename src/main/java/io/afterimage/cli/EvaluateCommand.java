package io.afterimage.cli;

import io.afterimage.evaluate.Contamination;
import io.afterimage.evaluate.LabelledImages;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.train.ImageCollection;
import io.afterimage.train.ModelTrainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Measures on labelled images what retraining is worth. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Measures on labelled images, with a protocol that is printed. Nothing that is learned reads a label.",
            "",
            "contamination: one label is normal, all others are anomalies. Half of the normal images train the current model, the "
                    + "other half is the window of the retrainer, into which 1 % and 5 % anomalies are mixed. Printed is the area under "
                    + "the curve of a model of the clean window, and by how much it falls with anomalies in the window, with the "
                    + "retrainer's trimming and without."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage evaluate --protocol contamination",
            "  afterimage evaluate --protocol contamination --images train-images-idx3-ubyte.gz \\",
            "      --test t10k-images-idx3-ubyte.gz --normal 2,8 --json",
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final String CONTAMINATION = "contamination";
    private static final List<Double> SHARES = List.of(0.01, 0.05);
    private static final double ALPHA = 0.01;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(names = "--protocol", required = true, description = "What to measure: " + CONTAMINATION + ".")
    private String protocol = "";

    @Option(
            names = "--images",
            defaultValue = "builtin:digits-train",
            paramLabel = "IMAGES",
            description = "Labelled images to train on: " + ImageSet.KINDS + ". Default: ${DEFAULT-VALUE}")
    private String images = "";

    @Option(
            names = "--test",
            defaultValue = "builtin:digits-test",
            paramLabel = "IMAGES",
            description = "Labelled images to test on. Default: ${DEFAULT-VALUE}")
    private String test = "";

    @Option(
            names = "--normal",
            split = ",",
            paramLabel = "LABELS",
            description = "Labels that are taken as normal, one after the other. Default: all")
    private List<String> normal = List.of();

    @Option(
            names = "--seeds",
            defaultValue = "3",
            description = "How many seeds; they are 1, 2, 3 and so on. Default: ${DEFAULT-VALUE}")
    private int seeds;

    @Option(
            names = "--epochs",
            defaultValue = "45",
            description = "Rounds through the images. Default: ${DEFAULT-VALUE}, as the retrainer")
    private int epochs;

    @Option(
            names = "--trim",
            defaultValue = "0.1",
            description =
                    "Share of the training part that is taken out at least. Default: ${DEFAULT-VALUE}, as the retrainer")
    private double trim;

    @Option(names = "--json", description = "Print one JSON object at the end instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException, ModelRejectedException {
        Logging.ERROR.useByDefault();
        if (!protocol.equals(CONTAMINATION)) {
            throw new ParameterException(
                    spec.commandLine(), "--protocol must be %s, not '%s'".formatted(CONTAMINATION, protocol));
        }
        if (seeds < 1 || epochs < 1 || !(trim >= 0 && trim <= 0.5)) {
            throw new ParameterException(
                    spec.commandLine(), "--seeds and --epochs must be at least 1, --trim within 0..0.5");
        }
        InputShape shape = shape();
        LabelledImages train = LabelledImages.read(images, shape);
        LabelledImages tested = LabelledImages.read(test, shape);
        List<String> labels = normal.isEmpty() ? List.copyOf(train.byLabel().keySet()) : normal;
        for (String label : labels) {
            if (!train.byLabel().containsKey(label) || !tested.byLabel().containsKey(label)) {
                throw new CommandFailedException("There are no images of label '%s'; there are %s"
                        .formatted(label, String.join(", ", train.byLabel().keySet())));
            }
        }
        report(measure(train, tested, labels));
        return Main.OK;
    }

    private InputShape shape() throws ImageSetException {
        try (ImageSet set = ImageSet.open(images)) {
            return ImageCollection.suitableShape(set, new ImageDecoder(ImageLimits.DEFAULT));
        }
    }

    private List<Contamination.Result> measure(LabelledImages train, LabelledImages tested, List<String> labels)
            throws ModelRejectedException {
        PrintWriter err = spec.commandLine().getErr();
        Contamination contamination = new Contamination(
                train,
                tested,
                new Contamination.Plan(SHARES, trim, epochs, ALPHA),
                new ModelTrainer(Clock.systemUTC()),
                step -> {
                    err.println(step);
                    err.flush();
                });
        List<Contamination.Result> results = new ArrayList<>();
        for (String label : labels) {
            for (long seed = 1; seed <= seeds; seed++) {
                try {
                    results.add(contamination.measure(label, seed));
                } catch (IllegalArgumentException e) {
                    throw new CommandFailedException("Label %s: %s".formatted(label, e.getMessage()), e);
                }
            }
        }
        return results;
    }

    private void report(List<Contamination.Result> results) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(json(results)));
            return;
        }
        out.printf(
                "one-class, %s; test on %s; %d epochs, at least %.0f %% trimmed%n%n", images, test, epochs, 100 * trim);
        out.printf("%-14s %8s", "normal", "clean");
        SHARES.forEach(share -> out.printf("   %4.0f %%: %8s %10s", 100 * share, "trimmed", "untrimmed"));
        out.println();
        results.forEach(result -> row(out, result.label() + ", seed " + result.seed(), List.of(result)));
        out.println();
        byLabel(results).forEach((label, some) -> row(out, label + ", mean", some));
        row(out, "mean", results);
        out.printf("%nclean: area under the curve. The others: by how much it falls.%n");
    }

    private static void row(PrintWriter out, String name, List<Contamination.Result> results) {
        out.printf("%-14s %8.4f", name, clean(results));
        for (int i = 0; i < SHARES.size(); i++) {
            out.printf("           %8.4f %10.4f", trimmedFall(results, i), untrimmedFall(results, i));
        }
        out.println();
    }

    private Map<String, Object> json(List<Contamination.Result> results) {
        Map<String, Object> perClass = new LinkedHashMap<>();
        byLabel(results).forEach((label, some) -> perClass.put(label, figures(some)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", protocol);
        json.put("mean", figures(results));
        json.put("perClass", perClass);
        json.put("seeds", LongStream.rangeClosed(1, seeds).boxed().toList());
        json.put("runs", results);
        return json;
    }

    private static Map<String, Object> figures(List<Contamination.Result> results) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("clean", clean(results));
        for (int i = 0; i < SHARES.size(); i++) {
            figures.put(
                    SHARES.get(i).toString(),
                    Map.of("trimmedFall", trimmedFall(results, i), "untrimmedFall", untrimmedFall(results, i)));
        }
        return figures;
    }

    private static Map<String, List<Contamination.Result>> byLabel(List<Contamination.Result> results) {
        return results.stream()
                .collect(Collectors.groupingBy(Contamination.Result::label, LinkedHashMap::new, Collectors.toList()));
    }

    private static double clean(List<Contamination.Result> results) {
        return results.stream()
                .mapToDouble(Contamination.Result::clean)
                .average()
                .orElseThrow();
    }

    private static double trimmedFall(List<Contamination.Result> results, int share) {
        return results.stream()
                .mapToDouble(result ->
                        result.clean() - result.contaminated().get(share).trimmed())
                .average()
                .orElseThrow();
    }

    private static double untrimmedFall(List<Contamination.Result> results, int share) {
        return results.stream()
                .mapToDouble(result ->
                        result.clean() - result.contaminated().get(share).untrimmed())
                .average()
                .orElseThrow();
    }
}
