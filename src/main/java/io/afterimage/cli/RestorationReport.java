package io.afterimage.cli;

import io.afterimage.evaluate.RestorationCheck;
import io.afterimage.report.RestorationPage;
import io.afterimage.train.PictureQuality;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * How close pictures come to what they were, as a table, as JSON and as a page.
 *
 * @param protocol as it was asked for
 * @param outcomes at least one
 */
record RestorationReport(String protocol, List<RestorationCheck.Outcome> outcomes) implements Findings {
    RestorationReport {
        outcomes = List.copyOf(outcomes);
    }

    @Override
    public void print(PrintWriter out) {
        out.printf("%-14s %8s %8s%n", "", "PSNR dB", "SSIM");
        row(out, "network", RestorationCheck.Result::quality);
        for (String baseline : baselines()) {
            row(out, baseline, result -> result.baselines().get(baseline));
        }
        out.printf(
                Locale.ROOT,
                "%nMeans over %,d pictures and the seeds; the spread of the network's over the seeds is %.3f dB and %.4f. %.0f s of"
                        + " processor time to train.%n",
                outcomes.get(0).result().images(),
                spread(PictureQuality::psnr),
                spread(PictureQuality::ssim),
                mean(RestorationCheck.Result::trainingSeconds));
    }

    private void row(PrintWriter out, String name, Function<RestorationCheck.Result, PictureQuality> quality) {
        out.printf(
                Locale.ROOT,
                "%-14s %8.2f %8.4f%n",
                name,
                mean(result -> quality.apply(result).psnr()),
                mean(result -> quality.apply(result).ssim()));
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> baselines = new LinkedHashMap<>();
        for (String baseline : baselines()) {
            baselines.put(baseline, figures(result -> result.baselines().get(baseline)));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", protocol);
        json.put("mean", figures(RestorationCheck.Result::quality));
        Map<String, Object> perClass = new LinkedHashMap<>();
        for (String label : outcomes.get(0).result().perClass().keySet()) {
            perClass.put(label, figures(result -> result.perClass().get(label)));
        }
        json.put("perClass", perClass);
        json.put("spread", Map.of("psnr", spread(PictureQuality::psnr), "ssim", spread(PictureQuality::ssim)));
        json.put("baselines", baselines);
        json.put("trainingSeconds", mean(RestorationCheck.Result::trainingSeconds));
        json.put("seeds", results().stream().map(RestorationCheck.Result::seed).toList());
        json.put("runs", results());
        return json;
    }

    @Override
    public void page(Path directory, String headline) throws IOException {
        new RestorationPage().write(directory, headline, outcomes);
    }

    private Map<String, Double> figures(Function<RestorationCheck.Result, PictureQuality> quality) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("psnr", mean(result -> quality.apply(result).psnr()));
        figures.put("ssim", mean(result -> quality.apply(result).ssim()));
        return figures;
    }

    private List<String> baselines() {
        return List.copyOf(outcomes.get(0).result().baselines().keySet());
    }

    private List<RestorationCheck.Result> results() {
        return outcomes.stream().map(RestorationCheck.Outcome::result).toList();
    }

    private double mean(ToDoubleFunction<RestorationCheck.Result> figure) {
        return results().stream().mapToDouble(figure).average().orElseThrow();
    }

    private double spread(ToDoubleFunction<PictureQuality> figure) {
        return StandardDeviation.of(results().stream()
                        .map(RestorationCheck.Result::quality)
                        .mapToDouble(figure)
                        .toArray())
                .getAsDouble();
    }
}
