package io.afterimage.stream;

import io.afterimage.wire.GenerateRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Creates and describes the topics of the scoring service. Only this class creates them, and only when asked: a service
 * that starts against the wrong cluster or with a misspelt prefix fails instead of filling topics nobody reads.
 *
 * <p>Retention is left to the broker. All methods throw {@link KafkaException} when the brokers cannot be reached or
 * refuse.
 */
public final class TopicAdministration {
    public static final int DEFAULT_PARTITIONS = 4;

    /** Replicate as the broker's {@code default.replication.factor} says. */
    public static final short BROKERS_CHOICE = -1;

    private static final int IMAGE_BYTES = 16 << 20;
    /** A dead letter is an image plus headers that say why. */
    private static final int DEAD_LETTER_BYTES = 17 << 20;
    /** Pictures the service draws: at most 1024×1024 RGB, so a PNG of noise still fits. */
    private static final int PICTURE_BYTES = 4 << 20;

    /** A picture of pictures. */
    private static final int GENERATED_BYTES = 16 << 20;

    /** A chunk of 512 KiB or a manifest of a megabyte. */
    private static final int MODEL_BYTES = 1 << 20;

    private static final Duration LEADERS_KNOWN_WITHIN = Duration.ofSeconds(30);
    private static final Duration ASK_AGAIN_AFTER = Duration.ofMillis(50);

    private static final List<String> SHOWN_SETTINGS = List.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            TopicConfig.RETENTION_MS_CONFIG,
            TopicConfig.RETENTION_BYTES_CONFIG);

    private final Admin admin;
    private final Topics topics;

    /** @param admin stays open; closing it is the caller's business */
    public TopicAdministration(Admin admin, Topics topics) {
        this.admin = admin;
        this.topics = topics;
    }

    /** What {@link #create} found or did for one topic. */
    public sealed interface Outcome {
        String topic();
    }

    /** The topic is new. */
    public record Created(String topic, int partitions) implements Outcome {}

    /**
     * The topic was there and was not touched.
     *
     * @param differences what is not as asked for, one sentence each; usually empty
     */
    public record Existing(String topic, int partitions, List<String> differences) implements Outcome {}

    /**
     * A topic as the brokers know it.
     *
     * @param partitions 0 when the topic does not exist
     * @param replicas of the first partition
     * @param settings the ones that decide what is kept, by Kafka's names
     */
    public record Description(
            String topic, boolean exists, int partitions, int replicas, Map<String, String> settings) {}

    /**
     * Creates the topics that are missing and leaves the others as they are. Returns when every new partition can be written.
     *
     * @param partitions of a topic whose records belong to streams, at least 1
     * @param replicationFactor at least 1, or {@link #BROKERS_CHOICE}
     * @return one outcome per topic, in the order of {@link Topics#all()}
     */
    public List<Outcome> create(int partitions, short replicationFactor) {
        List<NewTopic> wanted = topics.all().stream()
                .map(topic ->
                        new NewTopic(topic, partitions(topic, partitions), replicationFactor).configs(settings(topic)))
                .toList();
        var results = admin.createTopics(wanted).values();
        List<Outcome> outcomes = new ArrayList<>();
        for (NewTopic topic : wanted) {
            try {
                await(results.get(topic.name()));
                outcomes.add(new Created(topic.name(), topic.numPartitions()));
            } catch (TopicExistsException e) {
                outcomes.add(compare(topic, describe(topic.name())));
            }
        }
        awaitLeaders(outcomes);
        return outcomes;
    }

    /**
     * The controller answers before the brokers lead the new partitions. An idempotent producer that comes in between can see
     * its first batch refused and its second one taken; from then on the first is out of sequence until its time is up.
     *
     * <p>Only a partition's leader answers where it ends. The client asks again while a partition is without one, but gives up
     * at once on a topic that the broker it asked has not heard of yet.
     */
    private void awaitLeaders(List<Outcome> outcomes) {
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Created created) {
                for (int partition = 0; partition < created.partitions(); partition++) {
                    partitions.put(new TopicPartition(created.topic(), partition), OffsetSpec.latest());
                }
            }
        }
        long deadline = System.nanoTime() + LEADERS_KNOWN_WITHIN.toNanos();
        while (true) {
            try {
                await(admin.listOffsets(partitions).all());
                return;
            } catch (UnknownTopicOrPartitionException e) {
                if (System.nanoTime() - deadline >= 0) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ASK_AGAIN_AFTER.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    /** Describes every topic, also those that do not exist, in the order of {@link Topics#all()}. */
    public List<Description> describe() {
        return topics.all().stream().map(this::describe).toList();
    }

    private Description describe(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            TopicDescription found =
                    await(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
            Config config =
                    await(admin.describeConfigs(List.of(resource)).values().get(resource));
            Map<String, String> settings = new TreeMap<>();
            config.entries().stream()
                    .filter(entry -> SHOWN_SETTINGS.contains(entry.name()) && entry.value() != null)
                    .forEach(entry -> settings.put(entry.name(), entry.value()));
            int replicas = found.partitions().stream()
                    .min(Comparator.comparingInt(partition -> partition.partition()))
                    .map(partition -> partition.replicas().size())
                    .orElse(0);
            return new Description(topic, true, found.partitions().size(), replicas, settings);
        } catch (UnknownTopicOrPartitionException e) {
            return new Description(topic, false, 0, 0, Map.of());
        }
    }

    /** What concerns models is read in one order by everybody. */
    private int partitions(String topic, int asked) {
        return topic.equals(topics.models()) || topic.equals(topics.modelEvents()) ? 1 : asked;
    }

    private Map<String, String> settings(String topic) {
        if (topic.equals(topics.models())) {
            return Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_COMPACT,
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    Integer.toString(MODEL_BYTES),
                    // A compressed record of 1 MiB may unfold to a gigabyte in a reader's memory. Told so, the broker
                    // unfolds it first and holds it to the limit.
                    TopicConfig.COMPRESSION_TYPE_CONFIG,
                    "uncompressed");
        }
        int bytes;
        if (topic.equals(topics.images())) {
            bytes = IMAGE_BYTES;
        } else if (topic.equals(topics.deadLetters())) {
            bytes = DEAD_LETTER_BYTES;
        } else if (topic.equals(topics.reconstructions())
                || topic.equals(topics.heatmaps())
                || topic.equals(topics.upscaled())) {
            bytes = PICTURE_BYTES;
        } else if (topic.equals(topics.generateRequests())) {
            bytes = GenerateRequest.MAX_BYTES;
        } else if (topic.equals(topics.generated())) {
            bytes = GENERATED_BYTES;
        } else {
            return Map.of();
        }
        return Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes));
    }

    private static Existing compare(NewTopic wanted, Description found) {
        List<String> differences = new ArrayList<>();
        if (found.partitions() != wanted.numPartitions()) {
            differences.add("has %d partitions, not %d; changing that would move streams to other partitions"
                    .formatted(found.partitions(), wanted.numPartitions()));
        }
        String cleanup = wanted.configs().get(TopicConfig.CLEANUP_POLICY_CONFIG);
        if (cleanup != null && !cleanup.equals(found.settings().get(TopicConfig.CLEANUP_POLICY_CONFIG))) {
            differences.add("is not compacted, so models disappear with time; set cleanup.policy=compact");
        }
        String limit = wanted.configs().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        String actual = found.settings().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (limit != null && actual != null && Long.parseLong(actual) < Long.parseLong(limit)) {
            differences.add(
                    "takes messages up to %s bytes only, not %s; raise max.message.bytes".formatted(actual, limit));
        }
        return new Existing(wanted.name(), found.partitions(), List.copyOf(differences));
    }

    private static <T> T await(@Nullable KafkaFuture<T> future) {
        try {
            return Objects.requireNonNull(future, "a future for what was asked").get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        } catch (CancellationException e) {
            throw new KafkaException("the admin client was closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }
}
