package io.afterimage.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The meters of the JVM and of Kafka Streams that operators use, beside the service's own. Kafka Streams and its clients
 * have some 630 series; what is let through is listed here, and everything else they offer is left out.
 */
public final class OperatorMeters implements AutoCloseable {
    private static final Map<String, String> KAFKA = kafka();
    /** Counters whose name does not say so. */
    private static final Set<String> COUNTERS = Set.of("kafka.stream.failed.stream.threads");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Deque<AutoCloseable> bound = new ArrayDeque<>();

    /** Makes a registry and binds the meters of the JVM. */
    public OperatorMeters() {
        registry.config()
                .meterFilter(
                        MeterFilter.deny(id -> id.getName().startsWith("kafka.") && !KAFKA.containsKey(id.getName())));
        bind(List.of(
                new JvmMemoryMetrics(),
                new JvmGcMetrics(),
                new JvmThreadMetrics(),
                new ProcessorMetrics(),
                new UptimeMetrics(),
                new ResidentMemory()));
    }

    /** Where the service's own meters belong too. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /**
     * Says what this process is.
     *
     * @param part {@code scoring} or {@code retrainer}
     * @param version of the software
     */
    public void describe(String part, String version) {
        Gauge.builder(MeterCatalogue.BUILD.name(), () -> 1)
                .description(MeterCatalogue.BUILD.meaning())
                .tag("part", part)
                .tag("version", version)
                .register(registry);
    }

    /** Binds the meters of a Kafka Streams instance; those that appear later, with threads and tasks, follow. */
    public void bind(KafkaStreams streams) {
        bind(List.of(new KafkaStreamsMetrics(streams)));
    }

    /** The meters of Kafka that are let through, by Micrometer name, with their meaning. */
    static Map<String, String> kafkaMeters() {
        return KAFKA;
    }

    /** The same by the name they have in a scrape. */
    public static List<String> prometheusNames() {
        return KAFKA.keySet().stream().map(OperatorMeters::prometheusName).toList();
    }

    /** The same as a Markdown table, as the README shows it. */
    public static String markdownTable() {
        var table = new StringBuilder("| metric | meaning |\n|---|---|\n");
        KAFKA.forEach((name, meaning) -> table.append("| `%s` | %s |\n".formatted(prometheusName(name), meaning)));
        return table.toString();
    }

    private static String prometheusName(String name) {
        String base = name.replace('.', '_');
        return COUNTERS.contains(name) ? base + "_total" : base;
    }

    private void bind(List<MeterBinder> binders) {
        for (MeterBinder binder : binders) {
            binder.bindTo(registry);
            if (binder instanceof AutoCloseable closeable) {
                bound.push(closeable);
            }
        }
    }

    @Override
    public void close() {
        while (!bound.isEmpty()) {
            try {
                bound.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("a meter binder does not close", e);
            }
        }
        registry.close();
    }

    private static Map<String, String> kafka() {
        var meters = new LinkedHashMap<String, String>();
        meters.put("kafka.stream.client.state", "State of the instance: 2 is running, 1 rebalancing, 6 failed");
        meters.put("kafka.stream.alive.stream.threads", "Stream threads that live");
        meters.put("kafka.stream.failed.stream.threads", "Stream threads that died");
        meters.put("kafka.stream.thread.thread.state", "State of a stream thread: 4 is running");
        meters.put("kafka.stream.thread.process.rate", "Records processed a second");
        meters.put("kafka.stream.thread.process.ratio", "Share of time spent on records");
        meters.put("kafka.stream.thread.process.latency.avg", "Milliseconds to process a record, average");
        meters.put("kafka.stream.thread.poll.ratio", "Share of time spent waiting for records");
        meters.put("kafka.stream.thread.poll.records.avg", "Records a poll brings, average");
        meters.put("kafka.stream.thread.poll.latency.avg", "Milliseconds a poll takes, average");
        meters.put("kafka.stream.thread.commit.rate", "Commits a second");
        meters.put("kafka.stream.thread.commit.ratio", "Share of time spent on commits");
        meters.put("kafka.stream.thread.commit.latency.avg", "Milliseconds a commit takes, average");
        meters.put("kafka.stream.thread.commit.latency.max", "Milliseconds a commit takes, highest");
        meters.put("kafka.stream.task.dropped.records.total", "Records dropped by Kafka Streams");
        meters.put("kafka.consumer.coordinator.rebalance.total", "Rebalances so far");
        meters.put("kafka.consumer.coordinator.last.rebalance.seconds.ago", "Seconds since the last rebalance");
        meters.put("kafka.producer.record.error.total", "Records that could not be sent");
        meters.put("kafka.producer.record.send.total", "Records sent");
        return meters;
    }
}
