package io.afterimage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.afterimage.model.ModelRejectedException;
import io.afterimage.stream.Deployment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A models topic that the broker has compacted while readers knew it from before. */
@Tag("kafka")
class CompactionIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void whatIsKeptCanBeLoadedAndWhatIsGoneIsRejected() throws Exception {
        try (Deployment deployment = Deployment.start(directory)) {
            Registry registry = new Registry(deployment, "digits");
            compactAtOnce(registry);
            String pruned = registry.publish(1);
            String again = registry.publish(2);
            try (ModelsTopic knewThem = registry.reader();
                    ModelsTopic lagged = registry.reader()) {
                Set<Long> before = offsets(deployment, registry);
                registry.publish(3);
                registry.publish(4);
                try (ModelPublisher publisher = registry.publisher()) {
                    publisher.publish(SmallModel.of(registry.name(), 2), true, "repaired", 2);
                }
                awaitGone(registry, before);

                assertThat(knewThem.current(registry.name()).orElseThrow().version())
                        .isEqualTo(again);
                // Its index has the chunks where they no longer are.
                assertThat(knewThem.load(registry.name(), again).weights()).hasSize(SmallModel.WEIGHTS);
                assertThatExceptionOfType(ModelRejectedException.class)
                        .isThrownBy(() -> lagged.load(registry.name(), pruned))
                        .withMessageContaining(pruned);
                assertThat(lagged.load(registry.name(), again).weights()).hasSize(SmallModel.WEIGHTS);

                try (ModelsTopic fresh = registry.reader()) {
                    assertThat(fresh.versions(registry.name())).hasSize(2);
                    for (StoredVersion kept : fresh.versions(registry.name())) {
                        assertThat(fresh.load(registry.name(), kept.version()).weights())
                                .hasSize(SmallModel.WEIGHTS);
                    }
                }
                assertThat(registry.startsWith()).isEqualTo(again);
                assertThat(registry.publish(5)).isEqualTo(registry.startsWith());
            }
        }
    }

    private static void compactAtOnce(Registry registry) throws Exception {
        for (Map.Entry<String, String> setting : Map.of(
                        "segment.bytes", "1048576",
                        "segment.ms", "500",
                        "min.cleanable.dirty.ratio", "0.001",
                        "max.compaction.lag.ms", "500",
                        "delete.retention.ms", "0")
                .entrySet()) {
            registry.deployment().configure(registry.topic(), setting.getKey(), setting.getValue());
        }
        try (Admin admin = Admin.create(registry.client())) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.BROKER, ""),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("log.cleaner.backoff.ms", "200"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    /** Segments roll when something is written: other models, until nothing of what was there stands where it stood. */
    private static void awaitGone(Registry registry, Set<Long> before) {
        Registry other = new Registry(registry.deployment(), "other");
        int[] seed = {0};
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            other.publish(seed[0]++);
            assertThat(offsets(registry.deployment(), registry)).doesNotContainAnyElementsOf(before);
        });
    }

    private static Set<Long> offsets(Deployment deployment, Registry registry) {
        return deployment.committed(registry.topic()).stream()
                .filter(record ->
                        ModelKey.parse(record.key()).orElseThrow().name().equals(registry.name()))
                .map(ConsumerRecord::offset)
                .collect(Collectors.toSet());
    }
}
