package io.afterimage.bench;

import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.stream.Outcome;
import io.afterimage.stream.ScoringService;
import io.afterimage.stream.TopicAdministration;
import io.afterimage.stream.Topics;
import io.afterimage.wire.CloudEventHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The service with a real broker: saturated, and at a given load. */
final class StreamBench {
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** The whole service is compiled within about this time. */
    static final Duration MOST_WARM_UP = Duration.ofSeconds(90);

    private static final Duration LATENCY_WARM_UP = Duration.ofSeconds(15);
    private static final Duration WARM_UP_STEP = Duration.ofSeconds(3);
    /** Share of the time that the compiler may still be at work when measuring begins. */
    private static final double CALM = 0.05;

    private final BrokerProcess broker;
    private final Path directory;
    private final List<byte[]> images;
    private final AtomicReference<@Nullable Exception> sendFailure = new AtomicReference<>();
    private int runs;

    /** A computation and how it is fed. */
    record Service(
            Function<ScoringMetrics, Function<List<ConsumerRecord<byte[], byte[]>>, List<Outcome>>> computation,
            ScoringService.Batching batching) {}

    /** A rate of images, and what else goes on meanwhile. */
    record Load(double imagesPerSecond, Start disturbance) {
        /** Begins what else goes on. */
        interface Start {
            Disturbance begin() throws IOException;
        }
    }

    /** Something that goes on beside the service until it is closed. */
    interface Disturbance extends AutoCloseable {
        Disturbance NONE = () -> {};

        /** Throws when it did not go on as it should: what was measured then says nothing. */
        default void check() {}

        @Override
        void close();
    }

    StreamBench(BrokerProcess broker, Path directory, List<byte[]> images) {
        this.broker = broker;
        this.directory = directory;
        this.images = images;
    }

    /** Puts images on the topics of {@code prefix}, as fast as the broker takes them. */
    void preload(String prefix, long count) {
        createTopics(prefix);
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (long i = 0; i < count; i++) {
                send(producer, prefix, i);
            }
        }
    }

    /**
     * Lets a service work off what was preloaded, and measures once the just-in-time compiler has calmed down.
     *
     * @param count how many images there are; at most a half of them is for warming up
     * @param most how long to measure at the most
     */
    Throughput saturated(String prefix, long count, Duration most, Service service) throws InterruptedException {
        try (BenchedService running = start(prefix, service)) {
            running.awaitScored(1, PATIENCE);
            warmUp(running, count / 2);
            long from = running.scored();
            long own = Processor.cpuNanos();
            long brokers = broker.cpu().toNanos();
            long start = System.nanoTime();
            running.awaitScored(count, most);
            double seconds = (System.nanoTime() - start) / 1e9;
            long done = running.scored() - from;
            own = Processor.cpuNanos() - own;
            brokers = broker.cpu().toNanos() - brokers;
            return new Throughput(done / seconds, (own + brokers) / 1e3 / done, brokers / 1e3 / done);
        }
    }

    /**
     * Until this process's compiler is calm and the rate grows no more: the broker's compiler can only be seen by what it
     * takes from the rate.
     */
    private static void warmUp(BenchedService running, long mostImages) throws InterruptedException {
        long end = System.nanoTime() + MOST_WARM_UP.toNanos();
        long best = 0;
        boolean settled = false;
        while (!settled && running.scored() < mostImages && System.nanoTime() < end) {
            long from = running.scored();
            long busy = Processor.compilationMillis();
            running.awaitScored(mostImages, WARM_UP_STEP);
            long done = running.scored() - from;
            busy = Processor.compilationMillis() - busy;
            settled = busy <= CALM * WARM_UP_STEP.toMillis() && done <= best * (1 + CALM / 2);
            best = Math.max(best, done);
        }
    }

    /**
     * Lets a service work off what was preloaded and looks at this process's memory after each tenth.
     *
     * @return resident memory in MiB, ten values; fewer where the system does not tell
     */
    List<Long> soak(String prefix, long count, Service service) throws InterruptedException {
        List<Long> memory = new ArrayList<>();
        try (BenchedService running = start(prefix, service)) {
            for (int tenth = 1; tenth <= 10; tenth++) {
                long due = count * tenth / 10;
                running.awaitScored(due, Duration.ofHours(1));
                Processor.residentMiB().ifPresent(memory::add);
            }
        }
        return memory;
    }

    /**
     * From the moment an image should be sent to the moment a reader of committed scores has its verdict, in microseconds. One
     * service takes all loads, one after another, after a warm-up at the highest that is not counted.
     *
     * @return one histogram per load
     */
    List<Histogram> latencies(String prefix, List<Load> loads, Duration each, Service service)
            throws IOException, InterruptedException {
        createTopics(prefix);
        List<Histogram> latencies = new ArrayList<>();
        try (BenchedService running = start(prefix, service);
                KafkaProducer<byte[], byte[]> producer = producer();
                KafkaConsumer<byte[], byte[]> consumer = consumer(prefix)) {
            running.awaitReady(PATIENCE);
            double highest =
                    loads.stream().mapToDouble(Load::imagesPerSecond).max().orElseThrow();
            latency(prefix, highest, LATENCY_WARM_UP, producer, consumer);
            for (Load load : loads) {
                try (Disturbance ends = load.disturbance().begin()) {
                    latencies.add(latency(prefix, load.imagesPerSecond(), each, producer, consumer));
                    ends.check();
                }
            }
        }
        return latencies;
    }

    private Histogram latency(
            String prefix,
            double imagesPerSecond,
            Duration duration,
            KafkaProducer<byte[], byte[]> producer,
            KafkaConsumer<byte[], byte[]> consumer) {
        Histogram micros = new Histogram(TimeUnit.MINUTES.toMicros(5), 3);
        int count = (int) (imagesPerSecond * duration.toMillis() / 1000);
        long[] due = new long[count];
        long start = System.nanoTime() + 100_000_000;
        for (int i = 0; i < count; i++) {
            due[i] = start + (long) (i * 1e9 / imagesPerSecond);
        }
        CompletableFuture<Void> feed = CompletableFuture.runAsync(() -> feed(producer, prefix, due));
        long end = due[count - 1] + PATIENCE.toNanos();
        int seen = 0;
        while (seen < count && System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> score : consumer.poll(Duration.ofMillis(50))) {
                micros.recordValue(Math.max(0, (System.nanoTime() - due[number(score)]) / 1000));
                seen++;
            }
        }
        feed.join();
        if (seen < count) {
            throw new IllegalStateException(
                    "%d of %d images had no verdict within %s".formatted(count - seen, count, PATIENCE));
        }
        return micros;
    }

    private void feed(KafkaProducer<byte[], byte[]> producer, String prefix, long[] due) {
        for (int i = 0; i < due.length; i++) {
            long wait = due[i] - System.nanoTime();
            if (wait > 0) {
                try {
                    TimeUnit.NANOSECONDS.sleep(wait);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
            send(producer, prefix, i);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, String prefix, long i) {
        ProducerRecord<byte[], byte[]> image = new ProducerRecord<>(
                new Topics(prefix).images(),
                (int) (i % PARTITIONS),
                ("camera-" + i % PARTITIONS).getBytes(StandardCharsets.UTF_8),
                images.get((int) (i % images.size())));
        image.headers().add(CloudEventHeaders.ID, Long.toString(i).getBytes(StandardCharsets.UTF_8));
        image.headers().add(CloudEventHeaders.CONTENT_TYPE, "image/png".getBytes(StandardCharsets.UTF_8));
        Future<?> sent = producer.send(image, (metadata, failure) -> {
            if (failure != null) {
                sendFailure.compareAndSet(null, failure);
            }
        });
        Exception failure = sent.isDone() ? sendFailure.get() : null;
        if (failure != null) {
            throw new IllegalStateException("an image could not be sent", failure);
        }
    }

    private static int number(ConsumerRecord<byte[], byte[]> score) {
        Header id = score.headers().lastHeader(CloudEventHeaders.ID);
        return Integer.parseInt(new String(id.value(), StandardCharsets.UTF_8));
    }

    private void createTopics(String prefix) {
        try (Admin admin = Admin.create(kafka())) {
            new TopicAdministration(admin, new Topics(prefix)).create(PARTITIONS, TopicAdministration.BROKERS_CHOICE);
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = kafka();
        properties.put("linger.ms", 1);
        properties.put("batch.size", 65_536);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(String prefix) {
        Map<String, Object> properties = kafka();
        properties.put("isolation.level", "read_committed");
        properties.put("auto.offset.reset", "earliest");
        properties.put("fetch.max.wait.ms", 10);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(new Topics(prefix).scores(), partition))
                .toList());
        return consumer;
    }

    /** With an application id of its own, so that it reads the topic from the start. */
    private BenchedService start(String prefix, Service service) {
        runs++;
        return new BenchedService(
                broker.bootstrapServers(), prefix, "bench-" + runs, directory.resolve("state-" + runs), service);
    }

    private Map<String, Object> kafka() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        return properties;
    }
}
