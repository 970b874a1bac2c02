package io.afterimage.guarantee;

import io.afterimage.stream.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The counts per stream and minute, as the service would restore them. */
public final class MinutesChangelog {
    /** A window's start and a sequence number follow the stream in a key. */
    private static final int KEY_SUFFIX = Long.BYTES + Integer.BYTES;

    private MinutesChangelog() {}

    /** Images that the state store has counted, by stream, over all minutes; for a service that has stopped. */
    static Map<String, Long> imagesByStream(Deployment deployment, Topics topics) {
        return imagesByStream(deployment.client(Map.of()), Deployment.PARTITIONS, Deployment.applicationId(topics));
    }

    /**
     * As above.
     *
     * @param client what a client needs to get at the broker
     * @param partitionCount how many the topic of images has
     */
    public static Map<String, Long> imagesByStream(
            Map<String, Object> client, int partitionCount, String applicationId) {
        Map<ByteBuffer, Long> latest = new HashMap<>();
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            String topic = applicationId + "-minutes-changelog";
            List<TopicPartition> partitions = IntStream.range(0, partitionCount)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> minute : consumer.poll(Duration.ofMillis(200))) {
                    // The first number of a value is how many images the minute has had by then.
                    latest.put(
                            ByteBuffer.wrap(minute.key()),
                            ByteBuffer.wrap(minute.value()).getLong());
                }
            }
        }
        return latest.entrySet().stream()
                .collect(Collectors.groupingBy(
                        minute -> stream(minute.getKey()), Collectors.summingLong(Map.Entry::getValue)));
    }

    private static String stream(ByteBuffer key) {
        return StandardCharsets.UTF_8
                .decode(key.duplicate().limit(key.limit() - KEY_SUFFIX))
                .toString();
    }
}
