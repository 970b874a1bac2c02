package io.afterimage.stream;

import io.afterimage.config.Configuration;
import io.afterimage.containers.Broker;
import io.afterimage.containers.ContainerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker with the topics that {@link TopicAdministration} makes, and what cameras and readers do with them. */
public final class Deployment implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Of this JVM, so that no two have the same topics on a broker that they share. */
    private static final AtomicInteger DEPLOYMENTS = new AtomicInteger();

    private final Broker broker;
    private final Topics topics;
    private final Path stateDirectory;

    private Deployment(Broker broker, Topics topics, Path stateDirectory) {
        this.broker = broker;
        this.topics = topics;
        this.stateDirectory = stateDirectory;
    }

    /** On a broker of its own, for tests that change its settings or take it away. */
    public static Deployment start(Path stateDirectory) throws Exception {
        return on(Broker.start(stateDirectory.resolve("broker")), "alone", stateDirectory);
    }

    /** On a broker that others may use as well, see {@link Broker#shared}. */
    public static Deployment shared(Path stateDirectory) throws Exception {
        return on(Broker.shared(stateDirectory.resolve("broker")), "shared", stateDirectory);
    }

    private static Deployment on(Broker broker, String name, Path stateDirectory) {
        String prefix = name + "-" + DEPLOYMENTS.incrementAndGet();
        Deployment deployment = new Deployment(broker, new Topics(prefix), stateDirectory);
        try (Admin admin = deployment.admin()) {
            new TopicAdministration(admin, deployment.topics).create(3, (short) 1);
        }
        return deployment;
    }

    /** Topics of their own on the same broker, which this one's {@link #close} stops. */
    public Deployment another(String name) {
        return on(broker, name, stateDirectory);
    }

    public Broker broker() {
        return broker;
    }

    public Topics topics() {
        return topics;
    }

    /** How a service of this deployment is configured, by key; on any free HTTP port. */
    public Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = new LinkedHashMap<>(Map.of(
                "afterimage.topics.prefix", topics.prefix(),
                "afterimage.application.id", topics.prefix(),
                "afterimage.http.host", "127.0.0.1",
                "afterimage.http.port", "0",
                "afterimage.state.dir", stateDirectory.toString()));
        settings.putAll(broker.settings());
        settings.putAll(more);
        return settings;
    }

    /**
     * Starts a command in the image of the service, configured as {@link #settings} says as far as it is the same there.
     *
     * @param output a new file for what it prints
     */
    public ContainerProcess startImage(String command, Map<String, String> more, Path output) throws IOException {
        Map<String, String> settings =
                settings(Broker.settings(broker.container().clientInNetwork()));
        settings.keySet().removeAll(List.of("afterimage.state.dir", "afterimage.http.host"));
        settings.put("afterimage.http.port", Integer.toString(ContainerProcess.HTTP_PORT));
        settings.putAll(more);
        Map<String, String> environment = ContainerProcess.variables(settings);
        environment.put("AFTERIMAGE_HEAP", "512m");
        Path state = stateDirectory.resolve(topics.prefix() + "-" + command);
        return ContainerProcess.start(List.of(command), environment, broker.container(), state, output);
    }

    /** What a client needs to get at the broker, and more. */
    public Map<String, Object> client(Map<String, ?> more) {
        return broker.client(more);
    }

    /** A command with the flags that lead it to the broker and the topics. */
    public String[] command(String... args) {
        List<String> command = new ArrayList<>(List.of(args));
        command.addAll(broker.flags());
        command.addAll(List.of("--topic-prefix", topics.prefix()));
        return command.toArray(String[]::new);
    }

    public Configuration configuration(Map<String, String> more) {
        return Configuration.load(settings(more), null);
    }

    /** What the dead-letter topic says it takes. */
    int deadLetterMaxBytes() {
        try (Admin admin = admin()) {
            return new TopicAdministration(admin, topics)
                    .describe().stream()
                            .filter(topic -> topic.topic().equals(topics.deadLetters()))
                            .mapToInt(topic -> Integer.parseInt(topic.settings().getOrDefault("max.message.bytes", "")))
                            .findFirst()
                            .orElseThrow();
        }
    }

    public void configure(String topic, String setting, String value) throws Exception {
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    /** Sends in order and returns where each record went; a compressing camera, so that limits on both sides count. */
    public List<RecordMetadata> send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        Map<String, Object> properties = client(Map.of(
                "max.request.size", 64 << 20, "buffer.memory", 128L << 20, "linger.ms", 5, "compression.type", "gzip"));
        List<RecordMetadata> places = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (ProducerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(record));
            }
            for (Future<RecordMetadata> future : sent) {
                places.add(future.get());
            }
        }
        return places;
    }

    /** All committed records of a topic, partition by partition. */
    public List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = assign(consumer, List.of(topic));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(topic + " cannot be read to its end");
                }
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    /** Waits until that many images in all have a committed score or dead letter. */
    public void awaitOutcomes(int images) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            assign(consumer, List.of(topics.scores(), topics.deadLetters()));
            int outcomes = 0;
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (outcomes < images) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(outcomes + " outcomes of " + images + " images");
                }
                outcomes += consumer.poll(Duration.ofMillis(100)).count();
            }
        }
    }

    /** A reader of committed records, from the beginning of these topics. */
    public KafkaConsumer<byte[], byte[]> reader(List<String> read) {
        KafkaConsumer<byte[], byte[]> consumer = consumer();
        assign(consumer, read);
        return consumer;
    }

    /** Members of the services' consumer group. */
    public int members() throws Exception {
        try (Admin admin = admin()) {
            return admin.describeConsumerGroups(List.of(topics.prefix()))
                    .all()
                    .get()
                    .values()
                    .iterator()
                    .next()
                    .members()
                    .size();
        }
    }

    private static List<TopicPartition> assign(KafkaConsumer<byte[], byte[]> consumer, List<String> topics) {
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return partitions;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                client(Map.of("isolation.level", "read_committed", "max.poll.records", 5000)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    Admin admin() {
        return Admin.create(client(Map.of()));
    }

    @Override
    public void close() {
        broker.close();
    }
}
