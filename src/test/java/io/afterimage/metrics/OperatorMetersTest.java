package io.afterimage.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OperatorMetersTest {
    /** These need a broker: they appear with the first task, partition or producer. */
    private static final Set<String> LATER = Set.of("kafka.stream.task.dropped.records.total");

    @Test
    void showsTheJvm() {
        try (var meters = new OperatorMeters()) {
            assertThat(meters.registry().scrape())
                    .contains(
                            "jvm_memory_used_bytes",
                            "process_cpu_usage",
                            "process_resident_memory_bytes",
                            "process_memory_limit_bytes",
                            "process_uptime_seconds",
                            "jvm_threads_live");
        }
    }

    @Test
    void saysWhatRuns() {
        try (var meters = new OperatorMeters()) {
            meters.describe("retrainer", "1.2.3");
            assertThat(meters.registry().scrape())
                    .contains("afterimage_build_info{part=\"retrainer\",version=\"1.2.3\"} 1\n");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void countsMemoryOutsideOfTheHeap() {
        try (var meters = new OperatorMeters()) {
            double resident =
                    meters.registry().get("process.resident.memory").gauge().value();
            double limit = meters.registry().get("process.memory.limit").gauge().value();
            assertThat(resident)
                    .isGreaterThan((double) Runtime.getRuntime().totalMemory()
                            - Runtime.getRuntime().freeMemory());
            assertThat(limit).isGreaterThan(resident);
        }
    }

    @Test
    void showsOfKafkaWhatIsListedAndNothingElse(@TempDir Path state) {
        var properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "meters");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        var topology = new StreamsBuilder();
        topology.stream("in").to("out");

        try (var streams = new KafkaStreams(topology.build(), properties);
                var meters = new OperatorMeters()) {
            streams.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> streams.metrics().keySet().stream()
                            .anyMatch(metric -> metric.name().equals("records-lag-max")));
            meters.bind(streams);
            List<String> listed = OperatorMeters.kafkaMeters().keySet().stream()
                    .filter(name -> !LATER.contains(name))
                    .toList();
            assertThat(kafkaNames(meters)).containsAll(listed);
            assertThat(meters.registry().scrape())
                    .as("the table has the names of a scrape")
                    .contains(OperatorMeters.prometheusNames().stream()
                            .filter(name -> !name.startsWith("kafka_stream_task"))
                            .map(name -> "\n" + name + "{")
                            .toList());
            assertThat(kafkaNames(meters))
                    .isSubsetOf(OperatorMeters.kafkaMeters().keySet());
            assertThat(streams.metrics()).hasSizeGreaterThan(10 * listed.size());
        }
    }

    private static Set<String> kafkaNames(OperatorMeters meters) {
        return meters.registry().getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("kafka."))
                .collect(Collectors.toSet());
    }
}
