package io.afterimage.metrics;

import io.afterimage.image.Rejection;
import io.afterimage.score.AlarmCount;
import io.afterimage.score.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the scoring service counts about its own work; {@link MeterCatalogue} says what each meter means.
 *
 * <p>Every record that was read ends as one scored image or one dead letter. Under exactly-once a transaction may be
 * aborted and its work done again, so the counters of a process may exceed what a {@code read_committed} reader sees.
 *
 * <p>All methods may be called from any thread and fit the hot path: none allocates, and only the stream is looked up.
 */
public final class ScoringMetrics {
    /** How many images the alarm rate looks back on. */
    static final int WINDOW = 10_000;

    private final double alpha;
    private final AlarmRate alarmRate = new AlarmRate(WINDOW);
    private final List<IntSupplier> depths = new CopyOnWriteArrayList<>();
    private final Map<Rejection, Counter> deadLetters = new EnumMap<>(Rejection.class);
    private final Counter normal;
    private final Counter anomalous;
    private final Counter hits;
    private final Counter misses;
    private final Counter failures;
    private final Timer endToEnd;
    private final Timer decode;
    private final Timer inference;
    private final DistributionSummary batchSize;
    private final DistributionSummary imageBytes;
    private final RealHistogram score;
    private final RealHistogram significance;
    private final MultiGauge model;
    private final MultiGauge lag;
    private final Counter swaps;
    private final Counter rejections;
    private final Counter challengerFailures;
    private final TaskMeters tasks;
    private final Optional<StreamMeters> streams;
    private volatile @Nullable InUse inUse;
    private volatile Supplier<Duration> modelsTopicAway = () -> Duration.ZERO;

    private record InUse(ExpectedAlarms alarms, double createdSeconds) {}

    /** Registers all meters but those by stream. */
    public ScoringMetrics(PrometheusMeterRegistry registry, double alpha) {
        this(registry, alpha, 0);
    }

    /**
     * Registers all meters.
     *
     * @param registry where no other instance is registered
     * @param alpha the false-alarm rate asked for, in (0, 1)
     * @param mostStreams how many streams have figures of their own, 0 for none
     */
    public ScoringMetrics(PrometheusMeterRegistry registry, double alpha, int mostStreams) {
        this.alpha = alpha;
        streams = mostStreams == 0
                ? Optional.empty()
                : Optional.of(new StreamMeters(mostStreams, InstantSource.system()));
        streams.ifPresent(registry.getPrometheusRegistry()::register);
        normal = counter(registry, MeterCatalogue.IMAGES_SCORED, Verdict.NORMAL.label());
        anomalous = counter(registry, MeterCatalogue.IMAGES_SCORED, Verdict.ANOMALOUS.label());
        for (Rejection reason : Rejection.values()) {
            deadLetters.put(reason, counter(registry, MeterCatalogue.DEAD_LETTERS, reason.label()));
        }
        hits = counter(registry, MeterCatalogue.LOOKAHEAD_RESULTS, "hit");
        misses = counter(registry, MeterCatalogue.LOOKAHEAD_RESULTS, "miss");
        failures = counter(registry, MeterCatalogue.LOOKAHEAD_RESULTS, "failure");
        endToEnd = timer(registry, MeterCatalogue.END_TO_END);
        decode = timer(registry, MeterCatalogue.DECODE);
        inference = timer(registry, MeterCatalogue.INFERENCE);
        batchSize = summary(registry, MeterCatalogue.BATCH_SIZE);
        imageBytes = summary(registry, MeterCatalogue.IMAGE_BYTES);
        score = realHistogram(registry, MeterCatalogue.SCORE);
        significance = realHistogram(registry, MeterCatalogue.SIGNIFICANCE);
        gauge(registry, MeterCatalogue.ALARM_RATE, alarmRate::rate);
        gauge(registry, MeterCatalogue.ALPHA, () -> alpha);
        gauge(registry, MeterCatalogue.ALARM_RATE_LOWEST, () -> expected(ExpectedAlarms.Bounds::lowest));
        gauge(registry, MeterCatalogue.ALARM_RATE_HIGHEST, () -> expected(ExpectedAlarms.Bounds::highest));
        gauge(registry, MeterCatalogue.MODEL_CREATED, this::createdSeconds);
        gauge(
                registry,
                MeterCatalogue.LOOKAHEAD_DEPTH,
                () -> depths.stream().mapToInt(IntSupplier::getAsInt).sum());
        model = MultiGauge.builder(MeterCatalogue.MODEL_INFO.name())
                .description(MeterCatalogue.MODEL_INFO.meaning())
                .register(registry);
        lag = MultiGauge.builder(MeterCatalogue.LAG.name())
                .description(MeterCatalogue.LAG.meaning())
                .register(registry);
        gauge(
                registry,
                MeterCatalogue.MODELS_TOPIC_AWAY,
                () -> modelsTopicAway.get().toMillis() / 1000.0);
        swaps = counter(registry, MeterCatalogue.MODEL_SWAPS);
        rejections = counter(registry, MeterCatalogue.MODEL_REJECTIONS);
        challengerFailures = counter(registry, MeterCatalogue.CHALLENGER_FAILURES);
        tasks = new TaskMeters(registry);
    }

    /**
     * An image got its verdict.
     *
     * @param stream it belongs to
     * @param score the fused score
     * @param pValue in (0, 1]
     * @param endToEndMillis from the image's time until now; negative when clocks disagree, which counts as 0
     */
    public void scored(String stream, boolean anomalous, double score, double pValue, long endToEndMillis) {
        (anomalous ? this.anomalous : normal).increment();
        alarmRate.record(anomalous);
        this.score.record(score);
        significance.record(-Math.log10(pValue));
        endToEnd.record(Math.max(0, endToEndMillis), TimeUnit.MILLISECONDS);
        streams.ifPresent(meters -> meters.scored(stream, anomalous, score));
    }

    /** Images that got a verdict so far. */
    public long imagesScored() {
        return (long) (normal.count() + anomalous.count());
    }

    /**
     * A record became a dead letter.
     *
     * @param stream empty when the record does not name a proper one
     */
    @SuppressWarnings("NullAway") // the map has every reason
    public void deadLetter(Rejection reason, Optional<String> stream) {
        deadLetters.get(reason).increment();
        streams.ifPresent(meters -> meters.refused(stream));
    }

    /** A record that belongs to no stream became a dead letter. */
    @SuppressWarnings("NullAway") // the map has every reason
    public void deadLetter(Rejection reason) {
        deadLetters.get(reason).increment();
    }

    /** An encoded image of that many bytes arrived. */
    public void received(int bytes) {
        imageBytes.record(bytes);
    }

    /** A batch was decoded. */
    public void decoded(long nanos) {
        decode.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A batch went through all passes of the recipe. */
    public void inferred(int images, long nanos) {
        batchSize.record(images);
        inference.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A record found its result computed ahead. */
    public void lookAheadHit() {
        hits.increment();
    }

    /** A record found nothing computed ahead and was computed alone. */
    public void lookAheadMiss() {
        misses.increment();
    }

    /** A record found that its batch had failed and was computed alone. */
    public void lookAheadFailure() {
        failures.increment();
    }

    /** Adds a window to the depth of the look-ahead: asked at each scrape, from another thread. */
    public void bindLookAheadDepth(IntSupplier depth) {
        depths.add(depth);
    }

    /** A window that ended no longer counts. */
    public void unbindLookAheadDepth(IntSupplier depth) {
        depths.remove(depth);
    }

    /** This model gives the verdicts from now on; the one before leaves the scrape. */
    public synchronized void model(ModelInUse now) {
        inUse = new InUse(
                new ExpectedAlarms(new AlarmCount(now.calibration(), alpha)),
                now.created().map(Instant::getEpochSecond).map(Double::valueOf).orElse(Double.NaN));
        model.register(List.of(MultiGauge.Row.of(tags(MeterCatalogue.MODEL_INFO, now.name(), now.version()), 1)), true);
        tasks.model(TaskMeters.SCORING, now.name(), now.version());
    }

    /** Another model took over: the alarm rate begins anew, because the rates of two models say nothing together. */
    public void swapped(ModelInUse now) {
        swaps.increment();
        alarmRate.forget();
        streams.ifPresent(StreamMeters::forgetScores);
        model(now);
    }

    /** Says for how long the models topic has not answered: asked at each scrape, from another thread. */
    public void bindModelsTopicAway(Supplier<Duration> away) {
        modelsTopicAway = away;
    }

    /** A model was made current that cannot be used. */
    public void modelRejected() {
        rejections.increment();
    }

    /**
     * So many images wait.
     *
     * @param images by partition of the topic; empty when that is not known
     */
    public void lag(String topic, Map<Integer, Long> images) {
        lag.register(
                images.entrySet().stream()
                        .map(entry -> MultiGauge.Row.of(
                                tags(MeterCatalogue.LAG, topic, String.valueOf(entry.getKey())), entry.getValue()))
                        .toList(),
                true);
    }

    /** Of models by task. */
    public TaskMeters tasks() {
        return tasks;
    }

    private double expected(ToDoubleFunction<ExpectedAlarms.Bounds> bound) {
        InUse now = inUse;
        return now == null ? Double.NaN : bound.applyAsDouble(now.alarms().of(alarmRate.images()));
    }

    private double createdSeconds() {
        InUse now = inUse;
        return now == null ? Double.NaN : now.createdSeconds();
    }

    /** The challenger could not score that many images. */
    public void challengerFailed(int images) {
        challengerFailures.increment(images);
    }

    static Counter counter(PrometheusMeterRegistry registry, OwnMeter meter, String... tag) {
        return Counter.builder(meter.name())
                .description(meter.meaning())
                .tags(tags(meter, tag))
                .register(registry);
    }

    private static void gauge(PrometheusMeterRegistry registry, OwnMeter meter, Supplier<Number> value) {
        Gauge.builder(meter.name(), value).description(meter.meaning()).register(registry);
    }

    private static Timer timer(PrometheusMeterRegistry registry, OwnMeter meter) {
        return Timer.builder(meter.name())
                .description(meter.meaning())
                .serviceLevelObjectives(Arrays.stream(meter.bounds())
                        .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
                        .toArray(Duration[]::new))
                .register(registry);
    }

    private static DistributionSummary summary(PrometheusMeterRegistry registry, OwnMeter meter) {
        return DistributionSummary.builder(meter.name())
                .description(meter.meaning())
                .baseUnit(meter.unit().isEmpty() ? null : meter.unit())
                .serviceLevelObjectives(meter.bounds())
                .register(registry);
    }

    private static RealHistogram realHistogram(PrometheusMeterRegistry registry, OwnMeter meter) {
        var histogram = new RealHistogram(meter);
        registry.getPrometheusRegistry().register(histogram);
        return histogram;
    }

    static Tags tags(OwnMeter meter, String... values) {
        Tags tags = Tags.empty();
        for (int i = 0; i < values.length; i++) {
            tags = tags.and(meter.tags().get(i), values[i]);
        }
        return tags;
    }
}
