package io.afterimage.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** What the retrainer counts about its own work; {@link MeterCatalogue} says what each meter means. Thread-safe. */
public final class RetrainMetrics {
    private final Map<Trigger, Counter> triggers = new EnumMap<>(Trigger.class);
    private final Map<Shift, Counter> drifts = new EnumMap<>(Shift.class);
    private final Map<Result, Counter> rounds = new EnumMap<>(Result.class);
    private volatile double windowImages;
    private volatile double windowBytes;
    private volatile double progress;
    private volatile double trimmedShare;
    private volatile double lastEnd;

    /** Why a training begins. */
    public enum Trigger {
        PERIOD("period"),
        IMAGES("images"),
        DRIFT("drift"),
        REQUEST("request");

        private final String label;

        Trigger(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** What drift was seen in. */
    public enum Shift {
        ALARM_RATE("alarm-rate"),
        SCORES("scores");

        private final String label;

        Shift(String label) {
            this.label = label;
        }
    }

    /** How it ends. */
    public enum Result {
        PROMOTED("promoted"),
        REFUSED("refused"),
        HELD("held"),
        BURST("burst"),
        FAILED("failed");

        private final String label;

        Result(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** Registers all meters of the retrainer. */
    public RetrainMetrics(PrometheusMeterRegistry registry) {
        for (Trigger trigger : Trigger.values()) {
            triggers.put(trigger, counter(registry, MeterCatalogue.TRIGGERS, trigger.label()));
        }
        for (Shift shift : Shift.values()) {
            drifts.put(shift, counter(registry, MeterCatalogue.DRIFTS, shift.label));
        }
        for (Result result : Result.values()) {
            rounds.put(result, counter(registry, MeterCatalogue.ROUNDS, result.label()));
        }
        gauge(registry, MeterCatalogue.WINDOW_IMAGES, () -> windowImages);
        gauge(registry, MeterCatalogue.WINDOW_BYTES, () -> windowBytes);
        gauge(registry, MeterCatalogue.PROGRESS, () -> progress);
        gauge(registry, MeterCatalogue.TRIMMED, () -> trimmedShare);
        gauge(registry, MeterCatalogue.LAST_TRAINED, () -> lastEnd);
    }

    public void window(int images, long bytes) {
        windowImages = images;
        windowBytes = bytes;
    }

    @SuppressWarnings("NullAway") // the map has every shift
    public void drifted(Shift shift) {
        drifts.get(shift).increment();
    }

    @SuppressWarnings("NullAway") // the map has every trigger
    public void triggered(Trigger trigger) {
        triggers.get(trigger).increment();
    }

    /** So much of the training under way is done, in [0, 1]. */
    public void progress(double share) {
        progress = share;
    }

    /** So much of the training part was left out, in [0, 1]. */
    public void trimmed(double share) {
        trimmedShare = share;
    }

    /** A training ended, or ended before it began; {@code epochSecond} says when. */
    @SuppressWarnings("NullAway") // the map has every result
    public void ended(Result result, long epochSecond) {
        rounds.get(result).increment();
        progress = 0;
        if (result != Result.HELD && result != Result.BURST) {
            lastEnd = epochSecond; // the others ended before a training began
        }
    }

    private static Counter counter(PrometheusMeterRegistry registry, OwnMeter meter, String tag) {
        return Counter.builder(meter.name())
                .description(meter.meaning())
                .tags(Tags.of(meter.tags().get(0), tag))
                .register(registry);
    }

    private static void gauge(PrometheusMeterRegistry registry, OwnMeter meter, DoubleSupplier value) {
        Gauge.builder(meter.name(), value::getAsDouble)
                .description(meter.meaning())
                .register(registry);
    }
}
