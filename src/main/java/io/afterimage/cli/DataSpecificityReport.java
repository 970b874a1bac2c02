package io.afterimage.cli;

import io.afterimage.evaluate.DataSpecificity;
import io.afterimage.report.DataSpecificityPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The matrix of alarm rates of models and sets, as a table, as JSON and as a page. */
record DataSpecificityReport(List<DataSpecificity.Outcome> outcomes) implements Findings {
    static final String NAME = "data-specific";

    DataSpecificityReport {
        outcomes = List.copyOf(outcomes);
    }

    @Override
    public void print(PrintWriter out) {
        List<String> sets = List.copyOf(results().get(0).alarmRates().keySet());
        for (int i = 0; i < sets.size(); i++) {
            out.printf("set %d: %s%n", i + 1, sets.get(i));
        }
        out.printf("%n%-24s", "learned");
        for (int i = 0; i < sets.size(); i++) {
            out.printf(" %8s", "set " + (i + 1));
        }
        out.println();
        byLearned().forEach((learned, some) -> {
            out.printf("%-24s", "set " + (sets.indexOf(learned) + 1));
            sets.forEach(set -> out.printf(Locale.ROOT, " %8.4f", mean(some, set)));
            out.println();
        });
        out.printf(
                "%nShare of images that are called anomalous at alpha 0.01; of the learned set, of images held out.%n");
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> matrix = new LinkedHashMap<>();
        byLearned().forEach((learned, some) -> {
            Map<String, Double> row = new LinkedHashMap<>();
            some.get(0).alarmRates().keySet().forEach(set -> row.put(set, mean(some, set)));
            matrix.put(learned, row);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", NAME);
        json.put("mean", matrix);
        json.put(
                "seeds",
                results().stream().map(DataSpecificity.Result::seed).distinct().toList());
        json.put("runs", results());
        return json;
    }

    private Map<String, List<DataSpecificity.Result>> byLearned() {
        return results().stream()
                .collect(Collectors.groupingBy(
                        DataSpecificity.Result::learned, LinkedHashMap::new, Collectors.toList()));
    }

    private static double mean(List<DataSpecificity.Result> some, String set) {
        return some.stream()
                .mapToDouble(result -> result.alarmRates().getOrDefault(set, Double.NaN))
                .average()
                .orElseThrow();
    }

    @Override
    public void page(Path directory, String headline) throws IOException {
        new DataSpecificityPage().write(directory, headline, outcomes);
    }

    private List<DataSpecificity.Result> results() {
        return outcomes.stream().map(DataSpecificity.Outcome::result).toList();
    }
}
