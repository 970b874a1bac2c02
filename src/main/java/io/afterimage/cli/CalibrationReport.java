package io.afterimage.cli;

import io.afterimage.evaluate.CalibrationCheck;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Realised false-alarm rates, as a table and as JSON. */
record CalibrationReport(List<CalibrationCheck.Result> results) implements Findings {
    static final String NAME = "calibration";
    static final List<Double> ALPHAS = List.of(0.01, 0.001);

    CalibrationReport {
        results = List.copyOf(results);
    }

    @Override
    public void print(PrintWriter out) {
        out.printf(
                "%-8s %12s %10s %8s %10s   %-20s %10s%n",
                "", "calibration", "held out", "alpha", "realised", "99 of 100 within", "if normal");
        for (CalibrationCheck.Result result : results) {
            for (CalibrationCheck.Rate rate : result.rates()) {
                out.printf(
                        Locale.ROOT,
                        "seed %-3d %,12d %,10d %8s %10.5f   %.5f to %.5f   %10.5f%s%n",
                        result.seed(),
                        result.calibration(),
                        result.heldOut(),
                        rate.alpha(),
                        rate.realised(),
                        rate.lowest(),
                        rate.highest(),
                        rate.normal(),
                        rate.inside() ? "" : "   outside");
            }
        }
        out.printf("%nif normal: realised by a threshold for scores that are normally distributed.%n");
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", NAME);
        json.put("mean", byAlpha(rates(), CalibrationCheck.Rate::realised));
        Map<String, Object> perClass = new LinkedHashMap<>();
        rates().flatMap(rate -> rate.perClass().keySet().stream())
                .distinct()
                .sorted()
                .forEach(label -> perClass.put(label, ofLabel(label)));
        json.put("perClass", perClass);
        json.put("baselines", Map.of("normal distribution", byAlpha(rates(), CalibrationCheck.Rate::normal)));
        json.put("inside", rates().allMatch(CalibrationCheck.Rate::inside));
        json.put("seeds", results.stream().map(CalibrationCheck.Result::seed).toList());
        json.put("runs", results);
        return json;
    }

    private Map<String, Double> ofLabel(String label) {
        return byAlpha(
                rates().filter(rate -> rate.perClass().containsKey(label)),
                rate -> Objects.requireNonNull(rate.perClass().get(label)));
    }

    /** The mean of a figure, by alpha. */
    private static Map<String, Double> byAlpha(
            Stream<CalibrationCheck.Rate> rates, ToDoubleFunction<CalibrationCheck.Rate> figure) {
        return rates.collect(Collectors.groupingBy(
                rate -> Double.toString(rate.alpha()), LinkedHashMap::new, Collectors.averagingDouble(figure)));
    }

    private Stream<CalibrationCheck.Rate> rates() {
        return results.stream().flatMap(result -> result.rates().stream());
    }
}
