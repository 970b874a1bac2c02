package io.afterimage.metrics;

import java.util.List;

/**
 * One of the service's own meters.
 *
 * @param name lower case with dots
 * @param tags names of the tags, in order
 * @param unit base unit, part of the Prometheus name; empty for none and for timers, which are in seconds
 * @param buckets upper bounds of a histogram, rising, in the unit; empty for what is no histogram
 * @param meaning one sentence without the full stop
 * @param alert when an operator should look, or empty
 */
public record OwnMeter(
        String name, Kind kind, List<String> tags, String unit, List<Double> buckets, String meaning, String alert) {

    /** What a meter is to Prometheus, and how it is filled. */
    public enum Kind {
        COUNTER,
        GAUGE,
        /** Durations. */
        TIMER,
        /** Whole numbers that are never negative. */
        SUMMARY,
        /** Any numbers: see {@link RealHistogram}. */
        REAL_HISTOGRAM
    }

    /** The name of the metric family in a scrape: {@code afterimage_images_scored_total}. */
    public String prometheusName() {
        String base = name.replace('.', '_');
        return switch (kind) {
            case COUNTER -> base + "_total";
            case TIMER -> base + "_seconds";
            case GAUGE, SUMMARY, REAL_HISTOGRAM -> unit.isEmpty() ? base : base + "_" + unit;
        };
    }

    /** {@code counter}, {@code gauge} or {@code histogram}. */
    public String prometheusType() {
        return switch (kind) {
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            case TIMER, SUMMARY, REAL_HISTOGRAM -> "histogram";
        };
    }

    double[] bounds() {
        return buckets.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
