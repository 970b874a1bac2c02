package io.afterimage.retrain;

import io.afterimage.image.ImageRejectedException;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ImageEvent;
import io.afterimage.wire.ScoreEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of the stream and their committed scores, read by a consumer group of its own. A member that gets a partition reads
 * it from as far back as the window reaches: the topic is the memory, nothing else is kept over a restart. One that had the
 * partition before, as after brokers were away, goes on where it was, so that no verdict counts twice. Committed offsets only
 * show operators the lag. For one thread.
 */
final class RecentStream implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(RecentStream.class);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<ScoreEvent> scores = EventSerdes.score().deserializer();
    private final String imagesTopic;
    private final Duration back;
    private final InstantSource clock;
    private final Map<TopicPartition, Long> past = new HashMap<>();
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Set<TopicPartition> unplaced = new HashSet<>();

    /** @param back how far back to read after a start */
    RecentStream(
            Map<String, Object> properties,
            String group,
            String imagesTopic,
            String scoresTopic,
            Duration back,
            InstantSource clock) {
        this.imagesTopic = imagesTopic;
        this.back = back;
        this.clock = clock;
        Map<String, Object> all = new LinkedHashMap<>(properties);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(imagesTopic, scoresTopic), new FromThePast());
    }

    /**
     * Hands on what came since; waits that long when there is nothing.
     *
     * @param verdicts takes a score and the timestamp of its image, milliseconds since 1970
     * @throws org.apache.kafka.common.KafkaException when the brokers fail; what was not handed on comes with the next call
     */
    void poll(Duration wait, Consumer<WindowImage> images, ObjLongConsumer<ScoreEvent> verdicts) {
        place();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
            try {
                if (record.topic().equals(imagesTopic)) {
                    images.accept(image(ImageEvent.of(record), record.timestamp()));
                } else {
                    verdicts.accept(scores.deserialize(record.topic(), record.value()), record.timestamp());
                }
            } catch (ImageRejectedException | SerializationException e) {
                // The scoring service makes a dead letter of such an image and counts it; nothing can be learned from
                // it.
                LOG.debug(
                        "Nothing can be learned from {}-{}@{}", record.topic(), record.partition(), record.offset(), e);
            }
        }
        past.entrySet()
                .removeIf(end -> !consumer.assignment().contains(end.getKey())
                        || consumer.position(end.getKey(), ANSWER_WITHIN) >= end.getValue());
    }

    private static WindowImage image(ImageEvent event, long timestamp) {
        return new WindowImage(
                event.stream(), event.partition(), event.offset(), timestamp, event.bytes(), event.contentType());
    }

    /** Whether everything was read that was there when the partitions were assigned. */
    boolean caughtUp() {
        return !consumer.assignment().isEmpty() && unplaced.isEmpty() && past.isEmpty();
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** Seeks new partitions to where the window begins, or to where it got with them; fails until the brokers say where. */
    private void place() {
        if (unplaced.isEmpty()) {
            return;
        }
        long since = clock.instant().minus(back).toEpochMilli();
        Map<TopicPartition, Long> times = new HashMap<>();
        unplaced.forEach(partition -> times.put(partition, since));
        Map<TopicPartition, Long> ends = consumer.endOffsets(unplaced, ANSWER_WITHIN);
        consumer.offsetsForTimes(times, ANSWER_WITHIN).forEach((partition, found) -> {
            long end = ends.getOrDefault(partition, 0L);
            long begin = found == null ? end : found.offset();
            long got = next.getOrDefault(partition, 0L);
            // Beyond the end it got with a topic that was made anew since.
            consumer.seek(partition, got <= end ? Math.max(begin, got) : begin);
            past.put(partition, end);
        });
        consumer.resume(unplaced);
        unplaced.clear();
    }

    private final class FromThePast implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            consumer.pause(partitions);
            unplaced.addAll(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(past::remove);
            unplaced.removeAll(partitions);
        }
    }
}
