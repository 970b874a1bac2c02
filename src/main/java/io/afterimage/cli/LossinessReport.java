package io.afterimage.cli;

import io.afterimage.evaluate.LossinessCheck;
import io.afterimage.report.LossinessPage;
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
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * What is lost of pictures, as a table, as JSON and as a page.
 *
 * @param outcomes at least one
 */
record LossinessReport(List<LossinessCheck.Outcome> outcomes) implements Findings {
    static final String NAME = "lossy";

    LossinessReport {
        outcomes = List.copyOf(outcomes);
    }

    @Override
    public void print(PrintWriter out) {
        out.printf("%-14s %14s %8s %10s %8s %8s%n", "", "squared error", "spread", "nats", "PSNR dB", "SSIM");
        first().networks().keySet().forEach(name -> row(out, "loss " + name, result -> of(result.networks(), name)));
        first().baselines().keySet().forEach(name -> row(out, name, result -> of(result.baselines(), name)));
        out.printf(
                Locale.ROOT,
                "%nMeans over %,d pictures. Each network learned to keep the loss of its name small: mse the squared error, bce the"
                        + " binary cross-entropy. nats: the cross-entropy of a picture less what it cannot fall below.%n",
                first().images());
    }

    private void row(PrintWriter out, String name, Function<LossinessCheck.Result, LossinessCheck.Lost> whose) {
        LossinessCheck.Lost lost = mean(whose);
        out.printf(
                Locale.ROOT,
                "%-14s %14.5f %8.5f %10.2f %8.2f %8.4f%n",
                name,
                lost.squaredError(),
                StandardDeviation.of(results().stream()
                                .map(whose)
                                .mapToDouble(LossinessCheck.Lost::squaredError)
                                .toArray())
                        .getAsDouble(),
                lost.nats(),
                lost.psnr(),
                lost.ssim());
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> networks = new LinkedHashMap<>();
        first().networks().keySet().forEach(name -> networks.put(name, mean(result -> of(result.networks(), name))));
        Map<String, Object> baselines = new LinkedHashMap<>();
        first().baselines().keySet().forEach(name -> baselines.put(name, mean(result -> of(result.baselines(), name))));
        Map<String, Object> perClass = new LinkedHashMap<>();
        first().perClass().forEach((label, lost) -> {
            Map<String, Object> each = new LinkedHashMap<>();
            lost.keySet()
                    .forEach(name -> each.put(
                            name,
                            mean(result ->
                                    of(Objects.requireNonNull(result.perClass().get(label)), name))));
            perClass.put(label, each);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", NAME);
        json.put("mean", networks);
        json.put("perClass", perClass);
        json.put("baselines", baselines);
        json.put("seeds", results().stream().map(LossinessCheck.Result::seed).toList());
        json.put("runs", results());
        return json;
    }

    private static LossinessCheck.Lost of(Map<String, LossinessCheck.Lost> lost, String name) {
        return Objects.requireNonNull(lost.get(name), name);
    }

    private LossinessCheck.Lost mean(Function<LossinessCheck.Result, LossinessCheck.Lost> whose) {
        List<LossinessCheck.Lost> each = results().stream().map(whose).toList();
        return new LossinessCheck.Lost(
                mean(each, LossinessCheck.Lost::squaredError),
                mean(each, LossinessCheck.Lost::nats),
                mean(each, LossinessCheck.Lost::psnr),
                mean(each, LossinessCheck.Lost::ssim));
    }

    private static double mean(List<LossinessCheck.Lost> each, ToDoubleFunction<LossinessCheck.Lost> figure) {
        return each.stream().mapToDouble(figure).average().orElseThrow();
    }

    @Override
    public void page(Path directory, String headline) throws IOException {
        new LossinessPage().write(directory, headline, outcomes);
    }

    private LossinessCheck.Result first() {
        return outcomes.get(0).result();
    }

    private List<LossinessCheck.Result> results() {
        return outcomes.stream().map(LossinessCheck.Outcome::result).toList();
    }
}
