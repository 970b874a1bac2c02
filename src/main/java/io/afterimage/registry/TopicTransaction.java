package io.afterimage.registry;

import io.afterimage.wire.ModelEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One change of the models topic. It has a producer of its own, because one that was fenced by another publisher is of no use
 * any more. Closed before {@link #commit}, it leaves nothing behind.
 */
final class TopicTransaction implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(TopicTransaction.class);

    private final KafkaProducer<byte[], byte[]> producer;
    private final String modelsTopic;
    private final String eventsTopic;
    private final List<Future<RecordMetadata>> models = new ArrayList<>();
    private boolean open = true;

    private TopicTransaction(KafkaProducer<byte[], byte[]> producer, String modelsTopic, String eventsTopic) {
        this.producer = producer;
        this.modelsTopic = modelsTopic;
        this.eventsTopic = eventsTopic;
    }

    /** @param properties of a transactional producer */
    static TopicTransaction begin(Map<String, Object> properties, String modelsTopic, String eventsTopic) {
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            producer.beginTransaction();
            return new TopicTransaction(producer, modelsTopic, eventsTopic);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    void put(ModelKey key, byte[] value) {
        models.add(producer.send(new ProducerRecord<>(modelsTopic, 0, key.bytes(), value)));
    }

    void delete(ModelKey key) {
        models.add(producer.send(new ProducerRecord<>(modelsTopic, 0, key.bytes(), null)));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the commit fails when an event could not be stored
    void announce(ModelEvent event) {
        producer.send(ModelEvents.record(eventsTopic, event));
    }

    /** Makes it true. Returns the offset of the last record on the models topic, -1 when none was written. */
    long commit() {
        try {
            producer.commitTransaction();
            open = false;
            long last = -1;
            for (Future<RecordMetadata> record : models) {
                last = Math.max(last, record.get().offset());
            }
            return last;
        } catch (ProducerFencedException e) {
            open = false;
            throw new KafkaException("another publisher of the same model came in between; nothing was changed", e);
        } catch (ExecutionException e) {
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (open) {
                open = false;
                producer.abortTransaction();
            }
        } catch (KafkaException | IllegalStateException e) {
            LOG.warn("Could not abort a transaction; the brokers will, when its time is up", e);
        } finally {
            producer.close(CLOSING);
        }
    }
}
