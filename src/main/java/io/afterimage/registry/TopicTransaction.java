package io.afterimage.registry;

import io.afterimage.wire.ModelEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
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
    private final String model;
    private final String modelsTopic;
    private final String eventsTopic;
    private final List<Future<RecordMetadata>> models = new ArrayList<>();
    private boolean open = true;

    private TopicTransaction(
            KafkaProducer<byte[], byte[]> producer, String model, String modelsTopic, String eventsTopic) {
        this.producer = producer;
        this.model = model;
        this.modelsTopic = modelsTopic;
        this.eventsTopic = eventsTopic;
    }

    /**
     * Ends the transaction of any other publisher of the model and begins one.
     *
     * @param properties of a transactional producer
     */
    static TopicTransaction begin(
            Map<String, Object> properties, String model, String modelsTopic, String eventsTopic) {
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            producer.beginTransaction();
            return new TopicTransaction(producer, model, modelsTopic, eventsTopic);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    void put(ModelKey key, byte[] value) {
        models.add(send(new ProducerRecord<>(modelsTopic, 0, key.bytes(), value)));
    }

    void delete(ModelKey key) {
        models.add(send(new ProducerRecord<>(modelsTopic, 0, key.bytes(), null)));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the commit fails when an event could not be stored
    void announce(ModelEvent event) {
        send(ModelEvents.record(eventsTopic, event));
    }

    private Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record);
        } catch (KafkaException e) {
            throw explained(e);
        }
    }

    /**
     * Makes it true. Returns the offset of the last record on the models topic, -1 when none was written.
     *
     * @throws PublisherFencedException when another publisher of the model has begun since; as from all methods that write
     */
    long commit() {
        try {
            producer.commitTransaction();
            open = false;
            long last = -1;
            for (Future<RecordMetadata> record : models) {
                last = Math.max(last, record.get().offset());
            }
            return last;
        } catch (KafkaException e) {
            throw explained(e);
        } catch (ExecutionException e) {
            throw explained(new KafkaException(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    /**
     * A fenced producer learns it in one of several ways, depending on what it and the brokers were doing at the time: while they
     * abort its transaction, it is told that it has none.
     */
    private KafkaException explained(KafkaException e) {
        boolean fenced = Stream.<Throwable>iterate(e, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> cause instanceof ProducerFencedException
                        || cause instanceof InvalidProducerEpochException
                        || cause instanceof InvalidTxnStateException);
        if (!fenced) {
            return e;
        }
        open = false;
        return new PublisherFencedException(model, e);
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
