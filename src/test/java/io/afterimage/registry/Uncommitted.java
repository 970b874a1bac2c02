package io.afterimage.registry;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Sees what a publisher writes before it is committed, and so how far it has come. */
final class Uncommitted implements AutoCloseable {
    private final TopicPartition partition;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private String upload = "";
    private boolean pointed;

    Uncommitted(Registry registry) {
        partition = new TopicPartition(registry.topic(), 0);
        Map<String, Object> properties = new HashMap<>(registry.client());
        properties.put("isolation.level", "read_uncommitted");
        properties.put("fetch.max.wait.ms", 10);
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seekToEnd(List.of(partition));
        consumer.position(partition);
    }

    /** Waits until the first chunk of another model stands on the topic. */
    void awaitUpload(Process publisher) {
        String before = upload;
        long deadline = System.nanoTime() + Registry.SOON.toNanos();
        while (upload.equals(before)) {
            if (!publisher.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("the publisher wrote nothing; it is alive: " + publisher.isAlive());
            }
            consumer.poll(Duration.ofMillis(10)).forEach(this::note);
        }
    }

    /** Whether the last upload has chunks, but no pointer follows them. */
    boolean endsInTheMiddle() {
        long end = consumer.endOffsets(List.of(partition)).values().iterator().next();
        while (consumer.position(partition) < end) {
            consumer.poll(Duration.ofMillis(10)).forEach(this::note);
        }
        return !pointed;
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        ModelKey key = ModelKey.parse(record.key()).orElseThrow();
        if (key instanceof ModelKey.Current) {
            pointed = true;
        } else if (key instanceof ModelKey.Chunk chunk
                && record.value() != null
                && !chunk.version().equals(upload)) {
            upload = chunk.version();
            pointed = false;
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
