package io.afterimage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.afterimage.demo.EmbeddedBroker;
import io.afterimage.model.ModelArtifact;
import io.afterimage.stream.TopicAdministration;
import io.afterimage.stream.Topics;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ModelEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watcher whose broker goes away. */
class ModelWatcherIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final String NAME = "digits";

    @TempDir
    private Path directory;

    @Test
    void keepsTryingWhileTheBrokerIsAway() throws Exception {
        EmbeddedBroker first = EmbeddedBroker.start(directory, 0);
        Map<String, Object> client = Map.of("bootstrap.servers", first.bootstrapServers());
        try (Admin admin = Admin.create(client)) {
            new TopicAdministration(admin, TOPICS).create(1, (short) 1);
        }
        String one = publish(client, 1);
        Registry.Told told = new Registry.Told();
        ModelsTopic topic = new ModelsTopic(client, TOPICS.models(), Optional.of(NAME), ModelSignatures.NOT_REQUIRED);
        ModelWatcher watcher = new ModelWatcher(topic, NAME, told);
        try (watcher) {
            assertThat(watcher.startUp(SOON).orElseThrow().version()).isEqualTo(one);

            first.close();
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> watcher.awaitLatest(Duration.ofMillis(500)));
            assertThat(told.models).containsExactly(one);
            await().atMost(SOON).until(() -> watcher.away().compareTo(Duration.ZERO) > 0);
            assertThatExceptionOfType(TimeoutException.class)
                    .as("once it is known that nobody answers, nobody waits")
                    .isThrownBy(() -> watcher.awaitLatest(SOON))
                    .withMessage("the models topic does not answer");

            EmbeddedBroker second = EmbeddedBroker.start(directory, first.port());
            try (second) {
                String two = publish(client, 2);
                await().atMost(SOON).untilAsserted(() -> assertThat(told.models).containsExactly(one, two));
                await().atMost(SOON).until(() -> watcher.away().isZero());
                watcher.awaitLatest(SOON);
                assertThat(told.rejected).isEmpty();
            }
        }
        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> watcher.awaitLatest(SOON))
                .withMessage("the watcher was closed");
    }

    @Test
    void saysWhatHappened() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
            Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (Admin admin = Admin.create(client)) {
                new TopicAdministration(admin, TOPICS).create(1, (short) 1);
            }
            ModelEvent event = ModelEvent.of(
                    ModelEvent.Type.REJECTED,
                    NAME,
                    "0123456789ab",
                    "",
                    "another input shape",
                    Instant.EPOCH,
                    Map.of("auroc", 0.5),
                    "host-1");
            try (ModelEvents events = new ModelEvents(client, TOPICS.modelEvents())) {
                events.publish(event);
            }
            assertThat(read(client, TOPICS.modelEvents())).singleElement().satisfies(record -> {
                assertThat(record.key()).asString().isEqualTo(NAME);
                assertThat(EventSerdes.modelEvent().deserializer().deserialize(record.topic(), record.value()))
                        .isEqualTo(event);
                assertThat(record.headers().lastHeader("ce_type").value())
                        .asString()
                        .isEqualTo("io.afterimage.model.v1");
            });
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(Map<String, Object> client, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end =
                    consumer.endOffsets(List.of(partition)).values().iterator().next();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private static String publish(Map<String, Object> client, int seed) throws Exception {
        ModelArtifact artifact = SmallModel.of(NAME, seed);
        try (ModelPublisher publisher = new ModelPublisher(
                client,
                client,
                TOPICS.models(),
                TOPICS.modelEvents(),
                NAME,
                ModelSignatures.NOT_REQUIRED,
                Clock.systemUTC(),
                "test")) {
            publisher.publish(artifact, true, "test", ModelPublisher.DEFAULT_KEEP);
        }
        return artifact.manifest().version();
    }
}
