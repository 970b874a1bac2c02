package io.afterimage.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Figures by stream, for a bounded number of them: names of streams come from outside, and every name is a series for ever in
 * whatever scrapes it. Streams get their place as they come; when all places are taken, one that has been silent for long gives
 * way, and what cannot have a place is counted under {@value #OTHERS}. Thread-safe.
 */
final class StreamMeters implements MultiCollector {
    static final String OTHERS = "(others)";
    /** After so long a stream may lose its place to another one. */
    static final Duration SILENT = Duration.ofMinutes(15);
    /** Looking for a silent stream takes time in proportion to their number, so not every image may do it. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final int most;
    private final InstantSource clock;
    private final Map<String, StreamFigures> streams = new ConcurrentHashMap<>();
    private final StreamFigures others = new StreamFigures();
    private long nextLookMillis = Long.MIN_VALUE;

    /** @param most streams with figures of their own, at least 1 */
    StreamMeters(int most, InstantSource clock) {
        this.most = most;
        this.clock = clock;
    }

    void scored(String stream, boolean anomalous, double score) {
        long now = clock.millis();
        figures(stream, now).scored(anomalous, score, now);
    }

    /** @param stream empty when the image did not say a proper one */
    void refused(Optional<String> stream) {
        long now = clock.millis();
        stream.map(name -> figures(name, now)).orElse(others).refused(now);
    }

    void forgetScores() {
        streams.values().forEach(StreamFigures::forgetScores);
    }

    private StreamFigures figures(String stream, long now) {
        StreamFigures known = streams.get(stream);
        return known == null ? admit(stream, now) : known;
    }

    private synchronized StreamFigures admit(String stream, long now) {
        if (streams.size() >= most && !makeRoom(now)) {
            return others;
        }
        return streams.computeIfAbsent(stream, name -> new StreamFigures());
    }

    private boolean makeRoom(long now) {
        if (now < nextLookMillis) {
            return false;
        }
        nextLookMillis = now + LOOK_EVERY.toMillis();
        long silent = now - SILENT.toMillis();
        return streams.entrySet().stream()
                .filter(entry -> entry.getValue().lastMillis() < silent)
                .min(Map.Entry.comparingByValue((one, other) -> Long.compare(one.lastMillis(), other.lastMillis())))
                .map(entry -> streams.remove(entry.getKey()))
                .isPresent();
    }

    @Override
    public MetricSnapshots collect() {
        // Counters are named without the suffix, which the text format adds.
        CounterSnapshot.Builder images = CounterSnapshot.builder()
                .name(MeterCatalogue.STREAM_IMAGES.name().replace('.', '_'))
                .help(MeterCatalogue.STREAM_IMAGES.meaning());
        GaugeSnapshot.Builder scores = GaugeSnapshot.builder()
                .name(MeterCatalogue.STREAM_SCORE.prometheusName())
                .help(MeterCatalogue.STREAM_SCORE.meaning());
        GaugeSnapshot.Builder last = GaugeSnapshot.builder()
                .name(MeterCatalogue.STREAM_LAST.prometheusName())
                .help(MeterCatalogue.STREAM_LAST.meaning());
        streams.forEach((stream, figures) -> {
            StreamFigures.Snapshot now = figures.snapshot();
            add(images, stream, now);
            scores.dataPoint(point(now.score(), stream));
            last.dataPoint(point(now.lastMillis() / 1e3, stream));
        });
        StreamFigures.Snapshot rest = others.snapshot();
        if (rest.lastMillis() > 0) {
            add(images, OTHERS, rest);
        }
        return new MetricSnapshots(List.of(images.build(), scores.build(), last.build()));
    }

    private static void add(CounterSnapshot.Builder images, String stream, StreamFigures.Snapshot figures) {
        images.dataPoint(count(stream, "normal", figures.normal()))
                .dataPoint(count(stream, "anomalous", figures.anomalous()))
                .dataPoint(count(stream, "dead-letter", figures.deadLetters()));
    }

    private static CounterSnapshot.CounterDataPointSnapshot count(String stream, String outcome, long images) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of("stream", stream, "outcome", outcome))
                .value((double) images)
                .build();
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(double value, String stream) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of("stream", stream))
                .value(value)
                .build();
    }
}
