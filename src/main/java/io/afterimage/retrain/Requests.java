package io.afterimage.retrain;

import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ModelEvent;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators ask of the retrainer: events of theirs on the model events topic, from now on. For one thread. */
final class Requests implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<ModelEvent> events = EventSerdes.modelEvent().deserializer();
    private final String model;

    Requests(Map<String, Object> properties, String topic, String model) {
        this.model = model;
        Map<String, Object> all = new LinkedHashMap<>(properties);
        all.remove(ConsumerConfig.GROUP_ID_CONFIG);
        all.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToEnd(List.of(partition));
        consumer.position(partition);
    }

    /** {@link ModelEvent.Type#REQUESTED} and {@link ModelEvent.Type#CONFIRMED}, as far as they came since the last call. */
    Set<ModelEvent.Type> poll() {
        Set<ModelEvent.Type> asked = EnumSet.noneOf(ModelEvent.Type.class);
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ZERO)) {
            try {
                ModelEvent event = events.deserialize(record.topic(), record.value());
                for (ModelEvent.Type type : List.of(ModelEvent.Type.REQUESTED, ModelEvent.Type.CONFIRMED)) {
                    if (event.model().equals(model) && event.type().equals(type.label())) {
                        asked.add(type);
                    }
                }
            } catch (SerializationException e) {
                LOG.warn("Record {}@{} is no model event", record.topic(), record.offset(), e);
            }
        }
        return asked;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
