package io.afterimage.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram of real numbers. Micrometer's summaries drop negative ones and round the others up to whole numbers before
 * they look for the bucket, so {@code 0.3} lands above a bound of 0.5. This one has buckets and a count and no sum: a sum
 * that can fall is no counter, and its rate would mean nothing.
 */
final class RealHistogram implements Collector {
    private final MetricMetadata metadata;
    private final double[] bounds;
    private final LongAdder[] counts;

    RealHistogram(OwnMeter meter) {
        metadata = new MetricMetadata(meter.prometheusName(), meter.meaning());
        double[] finite = meter.bounds();
        bounds = Arrays.copyOf(finite, finite.length + 1);
        bounds[finite.length] = Double.POSITIVE_INFINITY;
        counts = new LongAdder[bounds.length];
        Arrays.setAll(counts, i -> new LongAdder());
    }

    void record(double value) {
        int bucket = Arrays.binarySearch(bounds, value);
        counts[bucket >= 0 ? bucket : -bucket - 1].increment();
    }

    @Override
    public MetricSnapshot collect() {
        long[] now = Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
        var point = new HistogramDataPointSnapshot(
                ClassicHistogramBuckets.of(bounds, now), Double.NaN, Labels.EMPTY, Exemplars.EMPTY, 0);
        return new HistogramSnapshot(metadata, List.of(point));
    }

    /** Lets the registry refuse a second meter of the same name when it is registered, not when it is scraped. */
    @Override
    public MetricFamilyDescriptor getMetricFamilyDescriptor() {
        return MetricFamilyDescriptor.of(MetricType.HISTOGRAM, metadata);
    }
}
