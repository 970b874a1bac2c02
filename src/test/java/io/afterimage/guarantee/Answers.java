package io.afterimage.guarantee;

import io.afterimage.stream.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads scores and dead letters with {@code read_committed} and tells them to a guarantee. */
public final class Answers implements AutoCloseable {
    /** Longer than an abandoned transaction may hold readers back. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(12);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ExactlyOnceGuarantee guarantee;

    Answers(Deployment deployment, Topics topics, ExactlyOnceGuarantee guarantee) {
        this(deployment.client(Map.of()), Deployment.PARTITIONS, topics, guarantee);
    }

    /**
     * @param client what a client needs to get at the broker
     * @param partitionCount how many each topic has
     */
    public Answers(Map<String, Object> client, int partitionCount, Topics topics, ExactlyOnceGuarantee guarantee) {
        this.guarantee = guarantee;
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("isolation.level", "read_committed");
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : List.of(topics.scores(), topics.deadLetters())) {
            for (int partition = 0; partition < partitionCount; partition++) {
                partitions.add(new TopicPartition(topic, partition));
            }
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads until every image has an answer, or nothing has come for {@link #LONGEST_SILENCE}. */
    public void readUntilBalanced() {
        long silentSince = System.nanoTime();
        while (!guarantee.balanced() && System.nanoTime() - silentSince < LONGEST_SILENCE.toNanos()) {
            if (poll()) {
                silentSince = System.nanoTime();
            }
        }
    }

    /** Reads what is left, when nobody writes any more: an answer that came twice, for instance. */
    public void readToTheEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll();
        }
    }

    private boolean poll() {
        var records = consumer.poll(Duration.ofMillis(200));
        for (ConsumerRecord<byte[], byte[]> answer : records) {
            guarantee.consumed(answer);
        }
        return !records.isEmpty();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
