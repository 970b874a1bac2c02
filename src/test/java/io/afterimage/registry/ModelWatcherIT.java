package io.afterimage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.afterimage.stream.Deployment;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ModelEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watcher whose broker goes away. */
@Tag("kafka")
class ModelWatcherIT {
    @TempDir
    private Path directory;

    @Test
    void keepsTryingWhileTheBrokerIsAway() throws Exception {
        try (Deployment deployment = Deployment.start(directory)) {
            Registry registry = new Registry(deployment, "digits");
            String one = registry.publish(1);
            Registry.Told told = new Registry.Told();
            ModelWatcher watcher = registry.watcher(told);
            try (watcher) {
                assertThat(watcher.startUp(Registry.SOON).orElseThrow().version())
                        .isEqualTo(one);

                deployment.broker().stop();
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> watcher.awaitLatest(Duration.ofMillis(500)));
                assertThat(told.models).containsExactly(one);
                await().atMost(Registry.SOON).until(() -> watcher.away().compareTo(Duration.ZERO) > 0);
                assertThatExceptionOfType(TimeoutException.class)
                        .as("once it is known that nobody answers, nobody waits")
                        .isThrownBy(() -> watcher.awaitLatest(Registry.SOON))
                        .withMessage("the models topic does not answer");

                deployment.broker().startAgain();
                String two = registry.publish(2);
                await().atMost(Registry.SOON)
                        .untilAsserted(() -> assertThat(told.models).containsExactly(one, two));
                await().atMost(Registry.SOON).until(() -> watcher.away().isZero());
                watcher.awaitLatest(Registry.SOON);
                assertThat(told.rejected).isEmpty();
            }
            assertThatExceptionOfType(KafkaException.class)
                    .isThrownBy(() -> watcher.awaitLatest(Registry.SOON))
                    .withMessage("the watcher was closed");
        }
    }

    @Test
    void saysWhatHappened() throws Exception {
        try (Deployment deployment = Deployment.shared(directory)) {
            ModelEvent event = ModelEvent.of(
                    ModelEvent.Type.REJECTED,
                    "digits",
                    "0123456789ab",
                    "",
                    "another input shape",
                    Instant.EPOCH,
                    Map.of("auroc", 0.5),
                    "host-1");
            String topic = deployment.topics().modelEvents();
            try (ModelEvents events = new ModelEvents(deployment.client(Map.of()), topic)) {
                events.publish(event);
            }
            assertThat(deployment.committed(topic)).singleElement().satisfies(record -> {
                assertThat(record.key()).asString().isEqualTo("digits");
                assertThat(EventSerdes.modelEvent().deserializer().deserialize(record.topic(), record.value()))
                        .isEqualTo(event);
                assertThat(record.headers().lastHeader("ce_type").value())
                        .asString()
                        .isEqualTo("io.afterimage.model.v1");
            });
        }
    }
}
