package io.afterimage.cli;

import io.afterimage.evaluate.Contamination;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What anomalies in the window cost, as a table and as JSON. */
record ContaminationReport(List<Contamination.Result> results) implements Findings {
    static final String NAME = "contamination";
    static final List<Double> SHARES = List.of(0.01, 0.05);

    ContaminationReport {
        results = List.copyOf(results);
    }

    @Override
    public void print(PrintWriter out) {
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

    @Override
    public Map<String, Object> json() {
        Map<String, Object> perClass = new LinkedHashMap<>();
        byLabel(results).forEach((label, some) -> perClass.put(label, figures(some)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", NAME);
        json.put("mean", figures(results));
        json.put("perClass", perClass);
        json.put(
                "seeds",
                results.stream().map(Contamination.Result::seed).distinct().toList());
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
