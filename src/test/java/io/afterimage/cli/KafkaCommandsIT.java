package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.containers.Broker;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.stream.Topics;
import io.afterimage.wire.ImageEvent;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("kafka")
class KafkaCommandsIT {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private static Path directory;

    private static Broker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = Broker.shared(directory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void createsTopicsOnceAndDescribesThem() {
        Invocation before = with("describes", "topics", "describe");
        Invocation created = with("describes", "topics", "create", "--json");
        Invocation again = with("describes", "topics", "create", "--partitions", "6", "--json");
        Invocation described = with("describes", "topics", "describe", "--json");

        assertThat(before.code()).isEqualTo(Main.FAILED);
        assertThat(before.out()).contains("missing");
        assertThat(before.err()).contains("afterimage topics create");

        List<String> names = new Topics("describes").all();
        assertThat(column(created, "topic")).isEqualTo(names);
        assertThat(column(created, "outcome")).containsOnly("created");
        assertThat(column(again, "outcome")).containsOnly("exists");
        assertThat(again.out()).contains("has 4 partitions, not 6");

        assertThat(column(described, "topic")).isEqualTo(names);
        assertThat(column(described, "partitions"))
                .isEqualTo(names.stream()
                        .map(name -> name.contains(".model") ? "1" : "4")
                        .toList());
        JsonNode topics = JSON.readTree(described.out());
        assertThat(topics.get(0).get("settings").get("max.message.bytes").asString())
                .isEqualTo("" + (16 << 20));
        assertThat(topics.get(6).get("settings").get("max.message.bytes").asString())
                .isEqualTo("" + (17 << 20));
    }

    @Test
    void publishesImagesAsCloudEventsThatCanBeDecoded() throws Exception {
        with("produces", "topics", "create", "--partitions", "2");

        Invocation produced =
                with("produces", "produce", "--images", "builtin:digits-test", "--stream", "line 7", "--limit", "50");

        assertThat(produced.err()).isEmpty();
        assertThat(produced.code()).isEqualTo(Main.OK);
        assertThat(produced.out()).startsWith("50 images sent to produces.images as line 7");
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        Set<String> ids = new LinkedHashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : consume("produces.images", 2, 50)) {
            ImageEvent image = ImageEvent.of(record);
            ids.add(image.id());
            assertThat(image.stream()).isEqualTo("line 7");
            assertThat(image.contentType()).isEqualTo("image/png");
            assertThat(decoder.decode(image.bytes(), image.contentType()).width())
                    .isEqualTo(28);
            CloudEvent event = new CloudEventDeserializer().deserialize("t", record.headers(), record.value());
            assertThat(event.getType()).isEqualTo("io.afterimage.image.v1");
            assertThat(event.getSource().toString()).isEqualTo("/afterimage/image/line%207");
        }
        assertThat(ids).hasSize(50).allMatch(id -> id.matches(".*digits-test.*#\\d+"));
    }

    @Test
    void repeatsASmallSetUpToTheLimit() {
        with("repeats", "topics", "create");

        Invocation produced = with(
                "repeats",
                "produce",
                "--images",
                "builtin:digits-test",
                "--stream",
                "a",
                "--repeat",
                "--limit",
                "2345");

        assertThat(produced.code()).isEqualTo(Main.OK);
        assertThat(consume("repeats.images", 4, 2345)).hasSize(2345);
    }

    @Test
    void failsWhenAnImageCannotBeSent() {
        Invocation failed = with(
                "absent",
                "produce",
                "--images",
                "builtin:digits-test",
                "--stream",
                "a",
                "--set",
                "kafka.max.block.ms=500");

        assertThat(failed.code()).isEqualTo(Main.FAILED);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err()).contains("Stopped after 0 images", "absent.images", "topics describe");
    }

    @Test
    void followsVerdictsOfOneStream() {
        with("afterimage", "topics", "create");
        with("afterimage", "produce", "--images", "builtin:digits-test", "--stream", "a", "--limit", "5");
        with("afterimage", "produce", "--images", "builtin:digits-test", "--stream", "b", "--limit", "3");
        try (ServiceStart.Started service = StandInService.start(broker.client(Map.of()), 0, directory)) {
            Invocation all = with("afterimage", "tail", "--from-beginning", "--limit", "8");
            Invocation one = with("afterimage", "tail", "--from-beginning", "--stream", "b", "--limit", "3", "--json");

            assertThat(service.metricsAddress()).isNotEmpty();
            assertThat(all.code()).isEqualTo(Main.OK);
            assertThat(all.lines()).hasSize(9);
            assertThat(all.lines().get(0)).startsWith("time").contains("p-value");
            assertThat(one.lines())
                    .hasSize(3)
                    .allSatisfy(
                            line -> assertThat(JSON.readTree(line).get("stream").asString())
                                    .isEqualTo("b"));
        }
    }

    @Test
    void stopsFollowingWhenAsked() throws Exception {
        with("quiet", "topics", "create");
        StopSignal stop = new StopSignal(code -> {});
        CompletableFuture<Invocation> tail =
                CompletableFuture.supplyAsync(() -> Invocation.of(stop, onBroker("quiet", "tail")));

        stop.request();

        assertThat(tail.get(30, TimeUnit.SECONDS).code()).isEqualTo(Main.OK);
    }

    @Test
    void saysWhichTopicIsMissing() {
        Invocation tail = with("absent", "tail", "--anomalies");

        assertThat(tail.code()).isEqualTo(Main.FAILED);
        assertThat(tail.err()).contains("absent.anomalies", "afterimage topics create");
    }

    private static Invocation with(String prefix, String... args) {
        return Invocation.of(onBroker(prefix, args));
    }

    private static String[] onBroker(String prefix, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(broker.flags());
        all.addAll(List.of("--topic-prefix", prefix));
        return all.toArray(String[]::new);
    }

    private static List<String> column(Invocation invocation, String name) {
        return JSON.readTree(invocation.out())
                .valueStream()
                .map(topic -> topic.get(name).asString())
                .toList();
    }

    private static List<ConsumerRecord<byte[], byte[]>> consume(String topic, int partitions, int count) {
        Map<String, Object> properties = broker.client(Map.of("auto.offset.reset", "earliest"));
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> assigned = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                assigned.add(new TopicPartition(topic, partition));
            }
            consumer.assign(assigned);
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (records.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
