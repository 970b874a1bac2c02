package io.afterimage.cli;

import io.afterimage.evaluate.Baseline;
import io.afterimage.evaluate.Detection;
import io.afterimage.image.InputShape;
import io.afterimage.report.DetectionPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * How well anomalies are found, as a table, as JSON and as a page.
 *
 * @param protocol as it was asked for
 * @param shape of the pictures
 * @param outcomes of all tasks and seeds, at least one
 */
record DetectionReport(String protocol, InputShape shape, List<Detection.Outcome> outcomes) implements Findings {
    DetectionReport {
        outcomes = List.copyOf(outcomes);
    }

    @Override
    public void print(PrintWriter out) {
        List<Detection.Result> results = results();
        out.printf("%-14s %8s %8s %8s", "", "AUROC", "spread", "alarms");
        for (Baseline baseline : Baseline.values()) {
            out.printf(" %14s", baseline.label());
        }
        out.println();
        byTask().forEach((task, some) -> row(out, task, some));
        row(out, "mean", results);
        out.printf(
                Locale.ROOT,
                "%nAUROC: mean over the seeds; spread: their standard deviation. alarms: share of normal test images that are"
                        + " called anomalous, - where there are too few images to calibrate. %.0f s of processor time to train a model.%n",
                mean(results, Detection.Result::trainingSeconds));
    }

    private static void row(PrintWriter out, String name, List<Detection.Result> some) {
        out.printf(
                Locale.ROOT,
                "%-14s %8.4f %8.4f %8s",
                name,
                mean(some, Detection.Result::area),
                spread(some),
                alarmRate(some).isPresent()
                        ? String.format(Locale.ROOT, "%.4f", alarmRate(some).getAsDouble())
                        : "-");
        for (Baseline baseline : Baseline.values()) {
            out.printf(Locale.ROOT, " %14.4f", baseline(some, baseline));
        }
        out.println();
    }

    @Override
    public Map<String, Object> json() {
        List<Detection.Result> results = results();
        Map<String, Object> perClass = new LinkedHashMap<>();
        Map<String, Object> spreads = new LinkedHashMap<>();
        byTask().forEach((task, some) -> {
            perClass.put(task, mean(some, Detection.Result::area));
            spreads.put(task, spread(some));
        });
        Map<String, Object> baselines = new LinkedHashMap<>();
        for (Baseline baseline : Baseline.values()) {
            baselines.put(baseline.label(), baseline(results, baseline));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", protocol);
        json.put("mean", mean(results, Detection.Result::area));
        json.put("perClass", perClass);
        json.put("spread", spreads);
        json.put("baselines", baselines);
        json.put("alarmRate", alarmRate(results));
        json.put("trainingSeconds", mean(results, Detection.Result::trainingSeconds));
        json.put(
                "seeds", results.stream().map(Detection.Result::seed).distinct().toList());
        json.put("runs", results);
        return json;
    }

    @Override
    public void page(Path directory, String headline) throws IOException {
        long first = results().get(0).seed();
        new DetectionPage(shape)
                .write(
                        directory,
                        headline,
                        results(),
                        outcomes.stream()
                                .filter(outcome -> outcome.result().seed() == first)
                                .map(Detection.Outcome::evidence)
                                .toList());
    }

    private List<Detection.Result> results() {
        return outcomes.stream().map(Detection.Outcome::result).toList();
    }

    private Map<String, List<Detection.Result>> byTask() {
        return results().stream()
                .collect(Collectors.groupingBy(Detection.Result::task, LinkedHashMap::new, Collectors.toList()));
    }

    private static double baseline(List<Detection.Result> some, Baseline baseline) {
        return mean(some, result -> result.baselines().getOrDefault(baseline, Double.NaN));
    }

    /** Of those models that have one. */
    private static OptionalDouble alarmRate(List<Detection.Result> some) {
        return some.stream()
                .map(Detection.Result::alarmRate)
                .flatMapToDouble(OptionalDouble::stream)
                .average();
    }

    private static double mean(List<Detection.Result> some, ToDoubleFunction<Detection.Result> figure) {
        return some.stream().mapToDouble(figure).average().orElseThrow();
    }

    /** Standard deviation over the seeds of the mean over the tasks; 0 for a single seed. */
    private static double spread(List<Detection.Result> some) {
        Map<Long, Double> bySeed = some.stream()
                .collect(Collectors.groupingBy(
                        Detection.Result::seed, Collectors.averagingDouble(Detection.Result::area)));
        return StandardDeviation.of(bySeed.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray())
                .getAsDouble();
    }
}
