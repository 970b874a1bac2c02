package io.afterimage.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Fetches single records of the models topic by where they stand. For one thread. */
final class RecordReader implements AutoCloseable {
    private static final int FETCH_BYTES = 2 << 20;
    private static final int POLLED_RECORDS = 16;
    /** A broker that waits for more bytes does not notice a commit: ask often. */
    private static final int FETCH_WAIT_MS = 100;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);
    private static final Duration CLOSING = Duration.ofSeconds(1);
    /** What a member of a group is, these consumers are not. */
    private static final Set<String> OF_GROUPS = Set.of(
            CommonClientConfigs.GROUP_ID_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

    private final TopicPartition partition;
    private final KafkaConsumer<byte[], byte[]> consumer;
    /** What came together with an earlier record and was not asked for yet. */
    private final List<ConsumerRecord<byte[], byte[]>> ahead = new ArrayList<>();

    /** @param properties of a consumer, by Kafka's names */
    RecordReader(Map<String, Object> properties, TopicPartition partition) {
        this.partition = partition;
        this.consumer = consumer(properties, partition);
    }

    /** A consumer of committed records of one partition that is no member of a group. */
    static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> properties, TopicPartition partition) {
        Map<String, Object> all = new LinkedHashMap<>(properties);
        all.keySet().removeAll(OF_GROUPS);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        all.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        all.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLLED_RECORDS);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        return consumer;
    }

    /** Drops what was fetched ahead: it may be older than what stands there by now. */
    void forget() {
        ahead.clear();
    }

    /**
     * The value of a record.
     *
     * @throws MovedException when another record stands there, or none
     */
    byte[] read(ModelKey key, Upload.Place place) throws MovedException {
        ahead.removeIf(record -> record.offset() < place.offset());
        if (ahead.isEmpty() || ahead.get(0).offset() != place.offset()) {
            ahead.clear();
            ahead.addAll(fetch(place.offset()));
        }
        ConsumerRecord<byte[], byte[]> record = ahead.remove(0);
        byte @Nullable [] value = record.value();
        if (record.offset() != place.offset()
                || value == null
                || value.length != place.size()
                || !ModelKey.parse(record.key()).filter(key::equals).isPresent()) {
            throw new MovedException(key.text() + " is no longer there", null);
        }
        return value;
    }

    private List<ConsumerRecord<byte[], byte[]>> fetch(long offset) throws MovedException {
        consumer.seek(partition, offset);
        long deadline = System.nanoTime() + ANSWER_WITHIN.toNanos();
        try {
            while (consumer.position(partition, ANSWER_WITHIN) == offset) {
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException(
                            "%s@%d did not come within %s".formatted(partition, offset, ANSWER_WITHIN));
                }
                List<ConsumerRecord<byte[], byte[]>> records =
                        consumer.poll(POLL).records(partition);
                if (!records.isEmpty()) {
                    return records;
                }
            }
        } catch (InvalidOffsetException e) {
            throw new MovedException("the record is gone", e);
        }
        throw new MovedException("the record is gone", null);
    }

    /** A record is no longer where the index has it. */
    static final class MovedException extends Exception {
        MovedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSING));
    }
}
