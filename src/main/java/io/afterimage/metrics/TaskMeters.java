package io.afterimage.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which models are in use, and what those do that give pictures and no verdicts, by task. For any thread. */
public final class TaskMeters {
    static final String SCORING = "reconstruct";

    private static final List<String> TASKS = List.of("denoise", "super-resolve", "generate");

    private final Map<String, Counter> pictures;
    private final Map<String, Counter> failures;
    private final MultiGauge info;
    private final Map<String, MultiGauge.Row<?>> models = new TreeMap<>();

    TaskMeters(PrometheusMeterRegistry registry) {
        pictures = counters(registry, MeterCatalogue.TASK_PICTURES);
        failures = counters(registry, MeterCatalogue.TASK_FAILURES);
        info = MultiGauge.builder(MeterCatalogue.TASK_MODEL_INFO.name())
                .description(MeterCatalogue.TASK_MODEL_INFO.meaning())
                .register(registry);
    }

    private static Map<String, Counter> counters(PrometheusMeterRegistry registry, OwnMeter meter) {
        return TASKS.stream()
                .collect(Collectors.toMap(Function.identity(), task -> ScoringMetrics.counter(registry, meter, task)));
    }

    /** A model for a task is in use from now on; the one before leaves the scrape. */
    public synchronized void model(String task, String name, String version) {
        models.put(
                task, MultiGauge.Row.of(ScoringMetrics.tags(MeterCatalogue.TASK_MODEL_INFO, task, name, version), 1));
        info.register(List.copyOf(models.values()), true);
    }

    /**
     * Pictures were made.
     *
     * @param task {@code denoise}, {@code super-resolve} or {@code generate}
     */
    @SuppressWarnings("NullAway") // the map has every task
    public void made(String task, int count) {
        pictures.get(task).increment(count);
    }

    /** Pictures were wanted and not made. */
    @SuppressWarnings("NullAway") // the map has every task
    public void failed(String task, int count) {
        failures.get(task).increment(count);
    }
}
