package io.afterimage.guarantee;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.stream.Topics;
import io.afterimage.train.TinyModels;
import io.afterimage.wire.CloudEventHeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models for every task in one service: what they make is there once, through crashes, and always the same. */
@Tag("kafka")
class TasksCrashIT {
    private static final CrashProcedure PROCEDURE = new CrashProcedure(150, 3, 1500, 20_261_124);
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final int DIGITS = 150;
    private static final int SEEDS = 5;
    private static final int SAMPLES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init") // before each test
    private Deployment deployment;

    @BeforeEach
    void start() throws Exception {
        deployment = Deployment.start(directory);
    }

    @AfterEach
    void close() {
        deployment.close();
    }

    @Test
    void everyPictureIsThereOnceThroughCrashesAndRebalancing() throws Exception {
        Path clean = directory.resolve("models/clean");
        Path large = directory.resolve("models/large");
        Path made = directory.resolve("models/made");
        TinyModels.denoising("clean", 1).write(clean);
        TinyModels.upscaling("large", 1).write(large);
        TinyModels.generating("made", 2, 1).write(made);
        Map<String, String> settings = Map.of(
                "AFTERIMAGE_DENOISE_MODEL",
                clean.toString(),
                "AFTERIMAGE_UPSCALE_MODEL",
                large.toString(),
                "AFTERIMAGE_GENERATE_MODEL",
                made.toString(),
                "AFTERIMAGE_RECONSTRUCTIONS",
                "all",
                "AFTERIMAGE_EMBEDDINGS",
                "all",
                "AFTERIMAGE_EMBEDDINGS_FORMAT",
                "binary");
        ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(TOPICS);
        PictureGuarantee answers = new PictureGuarantee(TasksCrashIT::seedAndIndex);
        try (Requests requests = new Requests(deployment)) {
            CrashProcedure.Exits exits = PROCEDURE.run(
                    deployment,
                    TOPICS,
                    instance -> {
                        requests.begin();
                        return deployment.serve(TOPICS, instance, settings);
                    },
                    guarantee);
            guarantee.verify();
            assertThat(exits).isEqualTo(new CrashProcedure.Exits(0, 0));
            int asked = requests.end();
            assertThat(asked).isGreaterThan(50);
            List<String> wanted = new ArrayList<>();
            for (int request = 0; request < asked; request++) {
                for (int index = 0; index < SAMPLES; index++) {
                    wanted.add("request-" + request + "/" + index);
                }
            }
            // What was asked for last may wait for a service that was told to stop.
            Child last = deployment.serve(TOPICS, "first", settings);
            try (KafkaConsumer<byte[], byte[]> reader = reader(TOPICS.generated())) {
                long deadline = System.nanoTime() + PATIENCE.toNanos();
                while (answers.pictures() < wanted.size() && System.nanoTime() < deadline) {
                    last.requireAlive();
                    reader.poll(Duration.ofMillis(200)).forEach(record -> answers.read(id(record), record.value()));
                }
                assertThat(last.terminate()).isZero();
                toTheEnd(reader).forEach(record -> answers.read(id(record), record.value()));
            }
            answers.verify(wanted);
        }

        List<String> scored =
                read(TOPICS.scores()).stream().map(TasksCrashIT::id).toList();
        assertThat(scored).hasSizeGreaterThan(1000);
        for (String topic : List.of(TOPICS.reconstructions(), TOPICS.upscaled(), TOPICS.embeddings())) {
            PictureGuarantee pictures = new PictureGuarantee(TasksCrashIT::digit);
            List<ConsumerRecord<byte[], byte[]>> records = read(topic);
            // A vector is the same within rounding only, as scores are.
            records.forEach(record ->
                    pictures.read(id(record), topic.equals(TOPICS.embeddings()) ? new byte[0] : record.value()));
            System.out.println(topic + ": " + records.size() + " of " + scored.size() + " images");
            pictures.verify(scored);
        }
    }

    /** Asks for samples at a steady rate. */
    private static final class Requests implements AutoCloseable {
        private final KafkaProducer<byte[], byte[]> producer;
        private final AtomicInteger asked = new AtomicInteger();
        private final Thread thread = new Thread(this::ask, "requests");
        private volatile boolean ended;

        Requests(Deployment deployment) {
            producer = new KafkaProducer<>(
                    deployment.client(Map.of("acks", "all")), new ByteArraySerializer(), new ByteArraySerializer());
        }

        synchronized void begin() {
            if (thread.getState() == Thread.State.NEW) {
                thread.start();
            }
        }

        private void ask() {
            try {
                while (!ended) {
                    int request = asked.get();
                    String json = "{\"id\":\"request-%d\",\"sample\":{\"count\":%d,\"seed\":%d}}"
                            .formatted(request, SAMPLES, request % SEEDS);
                    producer.send(new ProducerRecord<>(
                                    TOPICS.generateRequests(),
                                    ("asker-" + request % 7).getBytes(UTF_8),
                                    json.getBytes(UTF_8)))
                            .get();
                    asked.incrementAndGet();
                    Thread.sleep(100); // the rate, not a wait for anything
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (java.util.concurrent.ExecutionException e) {
                throw new IllegalStateException("a request could not be sent", e);
            }
        }

        /** How many were asked. */
        int end() throws InterruptedException {
            ended = true;
            thread.join();
            return asked.get();
        }

        @Override
        public void close() {
            ended = true;
            producer.close(Duration.ZERO);
        }
    }

    private static String digit(String id) {
        return "digit " + Long.parseLong(id.substring("digit-".length())) % DIGITS;
    }

    private static String seedAndIndex(String id) {
        int slash = id.indexOf('/');
        int request = Integer.parseInt(id.substring("request-".length(), slash));
        return "seed %d, picture %s".formatted(request % SEEDS, id.substring(slash + 1));
    }

    private static String id(ConsumerRecord<byte[], byte[]> record) {
        return new String(
                Objects.requireNonNull(record.headers().lastHeader(CloudEventHeaders.ID))
                        .value(),
                UTF_8);
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = reader(topic)) {
            return toTheEnd(consumer);
        }
    }

    private KafkaConsumer<byte[], byte[]> reader(String topic) {
        Map<String, Object> properties = new HashMap<>(deployment.client(Map.of("isolation.level", "read_committed")));
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < Deployment.PARTITIONS; partition++) {
            partitions.add(new TopicPartition(topic, partition));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    private static List<ConsumerRecord<byte[], byte[]>> toTheEnd(KafkaConsumer<byte[], byte[]> consumer) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        return records;
    }
}
