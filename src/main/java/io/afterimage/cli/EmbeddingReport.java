package io.afterimage.cli;

import io.afterimage.evaluate.EmbeddingCheck;
import io.afterimage.report.EmbeddingPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/** What latent vectors tell, as a table, as JSON and as a page. */
record EmbeddingReport(List<EmbeddingCheck.Outcome> outcomes) implements Findings {
    static final String NAME = "embedding";
    static final List<Integer> DIMENSIONS = List.of(2, 16, 32);

    EmbeddingReport {
        outcomes = List.copyOf(outcomes);
    }

    @Override
    public void print(PrintWriter out) {
        out.printf("%-22s %12s %8s %8s %16s %10s%n", "", "neighbours", "spread", "linear", "trustworthiness", "error");
        byDimensions().forEach((dimensions, some) -> {
            row(out, dimensions + " dimensions", some, EmbeddingCheck.Result::autoencoder);
            row(out, "  variational", some, EmbeddingCheck.Result::variational);
            row(out, "  PCA", some, EmbeddingCheck.Result::pca);
        });
        out.printf(
                "%nThe first row is the autoencoder that gives verdicts, whose latent vectors the service publishes; the second a variational one.%n"
                        + "neighbours, linear: share of test pictures whose label ten neighbours or a linear probe tell rightly;"
                        + " spread: standard deviation over the seeds;"
                        + " trustworthiness: of neighbourhoods; error: mean squared error of the reconstruction.%n");
    }

    private static void row(
            PrintWriter out,
            String name,
            List<EmbeddingCheck.Result> some,
            Function<EmbeddingCheck.Result, EmbeddingCheck.Worth> whose) {
        EmbeddingCheck.Worth worth = mean(some, whose);
        out.printf(
                Locale.ROOT,
                "%-22s %12.4f %8.4f %8.4f %16.4f %10.5f%n",
                name,
                worth.neighbours(),
                StandardDeviation.of(some.stream()
                                .map(whose)
                                .mapToDouble(EmbeddingCheck.Worth::neighbours)
                                .toArray())
                        .getAsDouble(),
                worth.linear(),
                worth.trustworthiness(),
                worth.error());
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> variational = new LinkedHashMap<>();
        Map<String, Object> autoencoder = new LinkedHashMap<>();
        Map<String, Object> pca = new LinkedHashMap<>();
        byDimensions().forEach((dimensions, some) -> {
            variational.put(dimensions.toString(), mean(some, EmbeddingCheck.Result::variational));
            autoencoder.put(dimensions.toString(), mean(some, EmbeddingCheck.Result::autoencoder));
            pca.put(dimensions.toString(), mean(some, EmbeddingCheck.Result::pca));
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", NAME);
        Map<String, Object> baselines = new LinkedHashMap<>();
        baselines.put("variational", variational);
        baselines.put("PCA", pca);
        json.put("mean", autoencoder);
        json.put("perClass", perClass());
        json.put("baselines", baselines);
        json.put(
                "seeds",
                results().stream().map(EmbeddingCheck.Result::seed).distinct().toList());
        json.put("runs", results());
        return json;
    }

    /** What neighbours tell of each label, by dimensions. */
    private Map<String, Object> perClass() {
        Map<String, Object> perClass = new LinkedHashMap<>();
        for (String label : results().get(0).perClass().keySet()) {
            Map<String, Double> told = new LinkedHashMap<>();
            byDimensions()
                    .forEach((dimensions, some) -> told.put(
                            dimensions.toString(),
                            some.stream()
                                    .mapToDouble(result -> Objects.requireNonNull(
                                            result.perClass().get(label)))
                                    .average()
                                    .orElseThrow()));
            perClass.put(label, told);
        }
        return perClass;
    }

    private Map<Integer, List<EmbeddingCheck.Result>> byDimensions() {
        return results().stream()
                .collect(Collectors.groupingBy(
                        EmbeddingCheck.Result::dimensions, LinkedHashMap::new, Collectors.toList()));
    }

    private static EmbeddingCheck.Worth mean(
            List<EmbeddingCheck.Result> some, Function<EmbeddingCheck.Result, EmbeddingCheck.Worth> whose) {
        List<EmbeddingCheck.Worth> worths = some.stream().map(whose).toList();
        return new EmbeddingCheck.Worth(
                mean(worths, EmbeddingCheck.Worth::neighbours),
                mean(worths, EmbeddingCheck.Worth::linear),
                mean(worths, EmbeddingCheck.Worth::trustworthiness),
                mean(worths, EmbeddingCheck.Worth::error));
    }

    private static double mean(List<EmbeddingCheck.Worth> worths, ToDoubleFunction<EmbeddingCheck.Worth> figure) {
        return worths.stream().mapToDouble(figure).average().orElseThrow();
    }

    @Override
    public void page(Path directory, String headline) throws IOException {
        new EmbeddingPage().write(directory, headline, outcomes);
    }

    private List<EmbeddingCheck.Result> results() {
        return outcomes.stream().map(EmbeddingCheck.Outcome::result).toList();
    }
}
