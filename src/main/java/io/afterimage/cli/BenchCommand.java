package io.afterimage.cli;

import io.afterimage.bench.Bench;
import io.afterimage.bench.BenchReport;
import io.afterimage.bench.SizingBench;
import io.afterimage.bench.SizingReport;
import io.afterimage.bench.SwapBench;
import io.afterimage.bench.SwapReport;
import io.afterimage.bench.TasksBench;
import io.afterimage.bench.TasksReport;
import io.afterimage.image.InputShape;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Measures the service on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Measures, on this machine and with handwritten digits: decoding, the recipe, Kafka, the whole service under "
                    + "exactly-once, and the same service without batches; then latency at three loads.",
            "Starts a broker of its own. Close other programs first: figures of a busy machine say little."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage bench",
            "  afterimage bench --seconds 120 --json > bench.json",
            "  afterimage bench --soak 1000000",
            "  afterimage bench --swap",
            "  afterimage bench --tasks",
            "  afterimage bench --pictures 256 --input 64 --seconds 20"
        })
final class BenchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            defaultValue = "120",
            description = "About how long to measure, start-up not counted. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--soak",
            paramLabel = "IMAGES",
            description = "Instead of all that, score so many images and print the memory after each tenth.")
    private long soak;

    @Option(
            names = "--swap",
            description = "Instead of all that, measure what swapping models and training beside it cost in latency.")
    private boolean swap;

    @Option(
            names = "--tasks",
            description =
                    "Instead of all that, measure what each task costs: verdicts, denoising, enlarging, encoding and"
                            + " generating alone, and the service with pictures beside the verdicts.")
    private boolean tasks;

    @Option(
            names = "--pictures",
            paramLabel = "SIDE",
            description =
                    "Instead of all that, measure what the service needs for pictures of SIDE x SIDE pixels: processors for"
                            + " 1,000 images a second, and memory. --seconds is how long, after a warm-up.")
    private int pictures;

    @Option(
            names = "--input",
            paramLabel = "SIDE",
            defaultValue = "28",
            description = "With --pictures: the model takes SIDE x SIDE pixels. Default: ${DEFAULT-VALUE}")
    private int input;

    @Option(names = "--json", description = "Print one JSON object at the end instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException, ModelRejectedException {
        Logging.ERROR.useByDefault();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (seconds < 1
                || soak < 0
                || (pictures != 0 && pictures < InputShape.MIN_SIDE)
                || pictures > InputShape.MAX_SIDE
                || input < InputShape.MIN_SIDE
                || input > InputShape.MAX_SIDE) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seconds must be positive, sides within %d..%d"
                            .formatted(InputShape.MIN_SIDE, InputShape.MAX_SIDE));
        }
        Duration duration = Duration.ofSeconds(seconds);
        Consumer<String> progress = step -> {
            err.println("measuring " + step);
            err.flush();
        };
        Path directory = Files.createTempDirectory("afterimage-bench");
        try {
            if (pictures > 0) {
                sizing(out, new SizingBench(directory, duration, progress).run(pictures, input));
            } else if (tasks) {
                tasks(out, new TasksBench(directory, duration, progress).run());
            } else if (swap) {
                swap(out, new SwapBench(directory, duration, progress).run(ModelArtifact.builtin()));
            } else {
                measure(out, directory, duration, progress);
            }
        } finally {
            delete(directory);
        }
        return Main.OK;
    }

    private void measure(PrintWriter out, Path directory, Duration duration, Consumer<String> progress)
            throws IOException, InterruptedException, ModelRejectedException {
        try (ScoringModel model = Models.load(Models.BUILTIN);
                ScoringModel fast = ScoringModel.load(ModelArtifact.builtin().withRecipe(ScoreRecipe.FAST))) {
            Bench bench = new Bench(model, fast, directory, duration, progress);
            if (soak > 0) {
                soak(out, bench.soak(soak));
            } else {
                report(out, bench.run());
            }
        }
    }

    private void sizing(PrintWriter out, SizingReport report) {
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(report));
            return;
        }
        out.printf("%s%n%n", report.machine());
        out.printf(
                "pictures of %1$d x %1$d (%2$,d bytes), a model that takes %3$d x %3$d: %4$,.0f images/s%n",
                report.pictureSide(), report.pictureBytes(), report.inputSide(), report.imagesPerSecond());
        out.printf(
                "1,000 images/s keep %.2f cores of the service busy, and %.2f of the broker%n",
                report.cores(), report.brokerCores());
        if (report.peakMemoryMiB() != null) {
            out.printf(
                    "peak memory of the service %d MiB, with a heap of at most %d%n",
                    report.peakMemoryMiB(), report.heapMiB());
        }
    }

    private void tasks(PrintWriter out, TasksReport report) {
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(report));
            return;
        }
        out.printf("%s%n%n", report.machine());
        out.printf("%-46s %12s %14s%n", "alone, batches of " + report.batchSize(), "images/s", "CPU us/image");
        report.computation().forEach((task, cost) -> row(out, task, cost));
        out.printf("%n%-46s %12s %14s%n", "whole service, exactly once", "images/s", "CPU us/image");
        report.service().forEach((gives, cost) -> row(out, gives, cost));
    }

    private static void row(PrintWriter out, String name, TasksReport.Cost cost) {
        out.printf("%-46s %,12.0f %14.0f%n", name, cost.imagesPerSecond(), cost.cpuMicros());
    }

    private void soak(PrintWriter out, List<Long> memoryMiB) {
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(Map.of("images", soak, "memoryMiB", memoryMiB)));
        } else {
            out.printf("%,d images; resident memory after each tenth, MiB: %s%n", soak, memoryMiB);
        }
    }

    private void swap(PrintWriter out, SwapReport report) {
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(report));
            return;
        }
        out.printf("%s, %,.0f images/s%n%n", report.machine(), report.imagesPerSecond());
        out.printf("%-22s %10s %10s %10s%n", "", "p50 ms", "p95 ms", "p99 ms");
        row(out, "undisturbed", report.before());
        row(out, "a swap every second", report.swap());
        row(out, "while training", report.training());
        out.printf(
                "%np99 against undisturbed: %.2fx with swaps, %.2fx while training%n",
                ratio(report.swap(), report.before()), ratio(report.training(), report.before()));
        out.printf(
                "from promotion to the first scores with the version, %.0f of them: median %.0f ms, at most %.0f ms%n",
                report.untilScored().get("promotions"),
                report.untilScored().get("median"),
                report.untilScored().get("max"));
    }

    private static double ratio(Map<String, Double> disturbed, Map<String, Double> before) {
        return disturbed.getOrDefault("p99", Double.NaN) / before.getOrDefault("p99", Double.NaN);
    }

    private static void row(PrintWriter out, String name, Map<String, Double> ms) {
        out.printf("%-22s %10.1f %10.1f %10.1f%n", name, ms.get("p50"), ms.get("p95"), ms.get("p99"));
    }

    private void report(PrintWriter out, BenchReport report) {
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(report));
        } else {
            print(out, report);
        }
    }

    private static void print(PrintWriter out, BenchReport r) {
        out.printf("%s%n%n", r.machine());
        out.printf("%-46s %12s %14s%n", "", "images/s", "CPU us/image");
        row(out, "decode", r.decode(), r, "decode");
        row(out, "recipe, batches of " + r.batchSize(), r.forward(), r, "forward");
        row(out, "Kafka alone (empty pass)", r.kafka(), r, "kafka");
        out.printf("%-46s %,12.0f%n", "limit of the three", r.limit());
        row(out, "whole service, exactly once", r.service(), r, "service");
        row(out, "one image at a time", r.oneByOne(), r, "oneByOne");
        out.printf("%nof the limit %.2f, against one at a time %.1fx%n%n", r.ofLimit(), r.speedup());
        out.printf("%-22s %s%n", "recipe/batch", "images/s, recipe alone on all cores");
        r.forwardByBatch().forEach((key, rate) -> out.printf("%-22s %,12.0f%n", key, rate));
        out.printf("%n%-22s %10s %10s %10s%n", "load", "p50 ms", "p95 ms", "p99 ms");
        r.latencyMs().forEach((load, ms) -> row(out, load + " %", ms));
        if (r.peakMemoryMiB() != null) {
            out.printf("%npeak memory %d MiB%n", r.peakMemoryMiB());
        }
    }

    private static void row(PrintWriter out, String name, double rate, BenchReport report, String key) {
        out.printf("%-46s %,12.0f %14.0f%n", name, rate, report.cpuMicros().get(key));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
