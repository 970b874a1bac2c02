package io.afterimage.registry;

import io.afterimage.wire.CloudEventHeaders;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ModelEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on the model events topic what happened to a model in this process: a swap, a rejection, a refused candidate. What a
 * {@link ModelPublisher} changes it announces itself, in the transaction of the change.
 *
 * <p>An event is worth less than the work it is about: one that cannot be sent is logged, and nothing waits for it. For any
 * thread.
 */
public final class ModelEvents implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(5);
    private static final int WAIT_AT_MOST_MS = 2000;
    private static final Logger LOG = LoggerFactory.getLogger(ModelEvents.class);

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;

    /** @param properties of a producer, by Kafka's names; {@code bootstrap.servers} at least */
    public ModelEvents(Map<String, Object> properties, String topic) {
        Map<String, Object> all = new LinkedHashMap<>(properties);
        all.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, WAIT_AT_MOST_MS);
        this.topic = topic;
        this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends it. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback learns the outcome
    public void publish(ModelEvent event) {
        try {
            producer.send(record(topic, event), (metadata, e) -> {
                if (e != null) {
                    LOG.warn("Could not publish {}", event, e);
                }
            });
        } catch (KafkaException e) {
            LOG.warn("Could not publish {}", event, e);
        }
    }

    /**
     * Sends it and returns when it is there.
     *
     * @throws KafkaException when the brokers refuse or do not answer
     */
    public void publishNow(ModelEvent event) throws InterruptedException {
        try {
            producer.send(record(topic, event)).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refused ? refused : new KafkaException(e.getCause());
        }
    }

    static ProducerRecord<byte[], byte[]> record(String topic, ModelEvent event) {
        var record = new ProducerRecord<>(
                topic,
                event.model().getBytes(StandardCharsets.UTF_8),
                EventSerdes.modelEvent().serializer().serialize(topic, event));
        CloudEventHeaders.writeModelEvent(record.headers(), UUID.randomUUID().toString(), event);
        return record;
    }

    /** Gives events in flight a few seconds. */
    @Override
    public void close() {
        producer.close(CLOSING);
    }
}
