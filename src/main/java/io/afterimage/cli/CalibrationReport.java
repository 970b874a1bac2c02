package io.afterimage.cli;

import io.afterimage.evaluate.CalibrationCheck;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
                "%-8s %12s %10s %8s %10s   %s%n",
                "", "calibration", "held out", "alpha", "realised", "99 of 100 within");
        for (CalibrationCheck.Result result : results) {
            for (CalibrationCheck.Rate rate : result.rates()) {
                out.printf(
                        Locale.ROOT,
                        "seed %-3d %,12d %,10d %8s %10.5f   %.5f to %.5f%s%n",
                        result.seed(),
                        result.calibration(),
                        result.heldOut(),
                        rate.alpha(),
                        rate.realised(),
                        rate.lowest(),
                        rate.highest(),
                        rate.inside() ? "" : "   outside");
            }
        }
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("protocol", NAME);
        json.put(
                "mean",
                rates().collect(Collectors.groupingBy(
                        rate -> Double.toString(rate.alpha()),
                        LinkedHashMap::new,
                        Collectors.averagingDouble(CalibrationCheck.Rate::realised))));
        json.put("inside", rates().allMatch(CalibrationCheck.Rate::inside));
        json.put("seeds", results.stream().map(CalibrationCheck.Result::seed).toList());
        json.put("runs", results);
        return json;
    }

    private Stream<CalibrationCheck.Rate> rates() {
        return results.stream().flatMap(result -> result.rates().stream());
    }
}
