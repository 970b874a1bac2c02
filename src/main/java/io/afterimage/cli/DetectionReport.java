package io.afterimage.cli;

import io.afterimage.evaluate.Baseline;
import io.afterimage.evaluate.Detection;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * How well anomalies are found, as a table and as JSON.
 *
 * @param protocol as it was asked for
 */
record DetectionReport(String protocol, List<Detection.Result> results) {
    DetectionReport {
        results = List.copyOf(results);
    }

    /** For people. */
    void print(PrintWriter out) {
        out.printf("%-14s %8s %8s %8s", "", "AUROC", "spread", "alarms");
        for (Baseline baseline : Baseline.values()) {
            out.printf(" %14s", baseline.label());
        }
        out.println();
        byTask().forEach((task, some) -> row(out, task, some));
        row(out, "mean", results);
        out.printf(
                "%nAUROC: mean over the seeds; spread: their standard deviation. alarms: share of normal test images that are"
                        + " called anomalous.%n");
    }

    private static void row(PrintWriter out, String name, List<Detection.Result> some) {
        out.printf(
                Locale.ROOT,
                "%-14s %8.4f %8.4f %8.4f",
                name,
                mean(some, Detection.Result::area),
                spread(some),
                mean(some, Detection.Result::alarmRate));
        for (Baseline baseline : Baseline.values()) {
            out.printf(Locale.ROOT, " %14.4f", baseline(some, baseline));
        }
        out.println();
    }

    /** For machines. */
    Map<String, Object> json() {
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
        json.put("alarmRate", mean(results, Detection.Result::alarmRate));
        json.put(
                "seeds", results.stream().map(Detection.Result::seed).distinct().toList());
        json.put("runs", results);
        return json;
    }

    private Map<String, List<Detection.Result>> byTask() {
        return results.stream()
                .collect(Collectors.groupingBy(Detection.Result::task, LinkedHashMap::new, Collectors.toList()));
    }

    private static double baseline(List<Detection.Result> some, Baseline baseline) {
        return mean(some, result -> result.baselines().getOrDefault(baseline, Double.NaN));
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
