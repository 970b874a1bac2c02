package io.afterimage.cli;

import io.afterimage.evaluate.GenerationCheck;
import io.afterimage.report.GenerationPage;
import io.afterimage.train.GenerativeQuality;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * What a generative model loses of pictures, as a table, as JSON and as a page.
 *
 * @param outcomes at least one
 */
record GenerationReport(List<GenerationCheck.Outcome> outcomes) implements Findings {
    static final String NAME = "generation";

    GenerationReport {
        outcomes = List.copyOf(outcomes);
    }

    @Override
    public void print(PrintWriter out) {
        out.printf("%-14s %16s %14s %14s%n", "", "reconstruction", "divergence", "negative ELBO");
        for (GenerationCheck.Result result : results()) {
            row(out, "seed " + result.seed(), result.quality());
            result.plain().ifPresent(plain -> row(out, "  dense", plain));
        }
        out.printf(
                Locale.ROOT,
                "%nPer test picture, of %,d. Negative ELBO: mean %.2f, spread over the seeds %.2f; the mean picture costs %.2f."
                        + " %.0f s of processor time to train.%n",
                results().get(0).images(),
                mean(result -> result.quality().negativeElbo()),
                spread(),
                mean(GenerationCheck.Result::mean),
                mean(GenerationCheck.Result::trainingSeconds));
    }

    private static void row(PrintWriter out, String name, GenerativeQuality quality) {
        out.printf(
                Locale.ROOT,
                "%-14s %16.2f %14.2f %14s%n",
                name,
                quality.reconstruction(),
                quality.divergence(),
                quality.divergence() > 0 ? String.format(Locale.ROOT, "%.2f", quality.negativeElbo()) : "-");
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> baselines = new LinkedHashMap<>();
        baselines.put("mean image", mean(GenerationCheck.Result::mean));
        if (results().stream().allMatch(result -> result.plain().isPresent())) {
            baselines.put("dense", mean(result -> result.plain().orElseThrow().negativeElbo()));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", NAME);
        json.put("mean", mean(result -> result.quality().negativeElbo()));
        Map<String, Object> perClass = new LinkedHashMap<>();
        for (String label : results().get(0).perClass().keySet()) {
            perClass.put(label, mean(result -> quality(result, label).negativeElbo()));
        }
        json.put("perClass", perClass);
        json.put("spread", spread());
        json.put("reconstruction", mean(result -> result.quality().reconstruction()));
        json.put("divergence", mean(result -> result.quality().divergence()));
        json.put("baselines", baselines);
        json.put("trainingSeconds", mean(GenerationCheck.Result::trainingSeconds));
        json.put("seeds", results().stream().map(GenerationCheck.Result::seed).toList());
        json.put("runs", results());
        return json;
    }

    @Override
    public void page(Path directory, String headline) throws IOException {
        new GenerationPage().write(directory, headline, outcomes);
    }

    private static GenerativeQuality quality(GenerationCheck.Result result, String label) {
        return Objects.requireNonNull(result.perClass().get(label), label);
    }

    private List<GenerationCheck.Result> results() {
        return outcomes.stream().map(GenerationCheck.Outcome::result).toList();
    }

    private double mean(ToDoubleFunction<GenerationCheck.Result> figure) {
        return results().stream().mapToDouble(figure).average().orElseThrow();
    }

    private double spread() {
        return StandardDeviation.of(results().stream()
                        .mapToDouble(result -> result.quality().negativeElbo())
                        .toArray())
                .getAsDouble();
    }
}
