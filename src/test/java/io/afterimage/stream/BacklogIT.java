package io.afterimage.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.metrics.ScoringMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
class BacklogIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @TempDir
    private Path directory;

    @Test
    void countsWhatTheGroupHasNotCommittedThoughNobodyReads() throws Exception {
        try (Deployment deployment = Deployment.shared(directory);
                Admin admin = deployment.admin()) {
            var configuration = deployment.configuration(Map.of());
            String images = deployment.topics().images();
            String group = configuration.service().applicationId();
            deployment.send(IntStream.range(0, 7)
                    .mapToObj(i -> new ProducerRecord<>(images, i < 5 ? 0 : 1, new byte[0], "image".getBytes(UTF_8)))
                    .toList());

            try (Backlog backlog =
                    Backlog.measure(configuration, new ScoringMetrics(registry, 0.01), Duration.ofMillis(100))) {
                assertThat(backlog).isNotNull();
                awaitLag(Map.of("0", 5.0, "1", 2.0));

                TopicPartition first = new TopicPartition(images, 0);
                admin.alterConsumerGroupOffsets(group, Map.of(first, new OffsetAndMetadata(3)))
                        .all()
                        .get();
                awaitLag(Map.of("0", 2.0, "1", 2.0));

                admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(4)))
                        .all()
                        .get();
                awaitLag(Map.of("0", 1.0, "1", 2.0));

                admin.deleteTopics(List.of(images)).all().get();
                Awaitility.await().atMost(PATIENCE).until(() -> lag().isEmpty());
            }
        }
    }

    private void awaitLag(Map<String, Double> images) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lag())
                        .filteredOn(gauge -> gauge.value() > 0)
                        .allSatisfy(gauge -> assertThat(images.get(gauge.getId().getTag("partition")))
                                .isEqualTo(gauge.value()))
                        .hasSameSizeAs(images.entrySet()));
    }

    private List<Gauge> lag() {
        return List.copyOf(registry.find("afterimage.lag.images").gauges());
    }
}
