package io.afterimage.cli;

import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ShadowScoreEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads the shadow scores that are committed by now. For one thread. */
final class ShadowScoreReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Deserializer<ShadowScoreEvent> shadowScores =
            EventSerdes.shadowScore().deserializer();

    /** Takes a shadow score and the time of its image in milliseconds. */
    @FunctionalInterface
    interface Visitor {
        void visit(ShadowScoreEvent event, long time);
    }

    /**
     * @param properties of the consumer, by Kafka's names
     * @throws CommandFailedException when there is no such topic
     */
    ShadowScoreReader(Map<String, Object> properties, String topic) {
        Map<String, Object> all = new LinkedHashMap<>(properties);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (partitions.isEmpty()) {
            consumer.close();
            throw new CommandFailedException(
                    "There is no topic %s: `afterimage topics create` makes it".formatted(topic));
        }
        consumer.assign(partitions);
    }

    /**
     * Shows every shadow score of an image that is not older than {@code since}, each partition in its order.
     *
     * @return how many records are no shadow scores and were passed over
     * @throws CommandFailedException when the brokers stop answering
     */
    long read(Instant since, Visitor visitor) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        seek(since);
        long unreadable = 0;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                deadline = System.nanoTime() + PATIENCE.toNanos();
                boolean wanted = record.timestamp() >= since.toEpochMilli()
                        && record.offset()
                                < Objects.requireNonNull(
                                        ends.get(new TopicPartition(record.topic(), record.partition())));
                if (wanted && !visited(record, visitor)) {
                    unreadable++;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new CommandFailedException("Kafka has not sent anything for %d s; try again when it is well"
                        .formatted(PATIENCE.toSeconds()));
            }
        }
        return unreadable;
    }

    /** The index by time finds the first image that is new enough; older ones may still follow it. */
    private void seek(Instant since) {
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(
                partitions.stream().collect(Collectors.toMap(partition -> partition, p -> since.toEpochMilli())));
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp first = found.get(partition);
            if (first == null) {
                consumer.seekToEnd(List.of(partition));
            } else {
                consumer.seek(partition, first.offset());
            }
        }
    }

    private boolean visited(ConsumerRecord<byte[], byte[]> record, Visitor visitor) {
        try {
            ShadowScoreEvent event = shadowScores.deserialize(record.topic(), record.value());
            if (event != null) {
                visitor.visit(event, record.timestamp());
                return true;
            }
            return false;
        } catch (SerializationException e) {
            return false;
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
