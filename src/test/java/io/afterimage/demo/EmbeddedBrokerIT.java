package io.afterimage.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
    private static final TopicPartition PARTITION = new TopicPartition("pictures", 0);

    @TempDir
    private Path directory;

    @Test
    void keepsWhatWasProducedThroughARestartOnAnotherPort() throws Exception {
        int firstPort;
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
            firstPort = broker.port();
            createTopic(broker);
            produce(broker, "one");
        }
        int port = freePort();
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, port)) {
            produce(broker, "two");

            assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            assertThat(port).isNotEqualTo(firstPort);
            assertThat(consume(broker, 2)).containsExactly("one", "two");
        }
    }

    @Test
    void takesAnImageOf16MiB() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
            createTopic(broker);
            String large = "x".repeat(16 << 20);

            produce(broker, large);

            assertThat(consume(broker, 1)).containsExactly(large);
        }
    }

    @Test
    void isFoundUnderTheNameItAdvertises() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, "localhost", 0)) {
            createTopic(broker);
            produce(broker, "one");

            assertThat(broker.bootstrapServers()).isEqualTo("localhost:" + broker.port());
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + broker.port()))) {
                assertThat(admin.describeCluster().nodes().get())
                        .singleElement()
                        .extracting(node -> node.host())
                        .isEqualTo("localhost");
            }
        }
    }

    @Test
    void neverCreatesATopicUnasked() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
            assertThatThrownBy(() -> produce(broker, "lost", Duration.ofSeconds(2)))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                assertThat(admin.listTopics().names().get()).isEmpty();
            }
        }
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            assertThatThrownBy(() -> EmbeddedBroker.start(directory, taken.getLocalPort()))
                    .isInstanceOf(BrokerFailedException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort() + " is taken");
        }
    }

    @Test
    void saysThatAnotherBrokerUsesTheFolder() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
            assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0))
                    .isInstanceOf(BrokerFailedException.class)
                    .hasMessageContaining("Another broker uses " + directory);

            createTopic(broker);
            produce(broker, "still there");
            assertThat(consume(broker, 1)).containsExactly("still there");
        }
    }

    @Test
    void saysThatTheFolderCannotBeMade() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "in the way");

        assertThatThrownBy(() -> EmbeddedBroker.start(file.resolve("broker"), 0))
                .isInstanceOf(BrokerFailedException.class)
                .hasMessageContaining(file.toString());
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }

    private static void createTopic(EmbeddedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void produce(EmbeddedBroker broker, String value) throws Exception {
        produce(broker, value, Duration.ofSeconds(30));
    }

    private static void produce(EmbeddedBroker broker, String value, Duration patience) throws Exception {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "max.block.ms", patience.toMillis(),
                "max.request.size", EmbeddedBroker.MAX_MESSAGE_BYTES);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(PARTITION.topic(), value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    private static List<String> consume(EmbeddedBroker broker, int count) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(PARTITION));
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
            }
        }
        return values;
    }
}
