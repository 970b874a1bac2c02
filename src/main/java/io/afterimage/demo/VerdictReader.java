package io.afterimage.demo;

import io.afterimage.stream.Topics;
import io.afterimage.wire.CloudEventHeaders;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ScoreEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads committed scores and dead letters from their beginning into a tally. For one thread. */
public final class VerdictReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<ScoreEvent> scores = EventSerdes.score().deserializer();
    private final Topics topics;
    private final DemoTally tally;

    /** @param properties of the consumer, by Kafka's names; {@code bootstrap.servers} at least */
    public VerdictReader(Map<String, Object> properties, Topics topics, DemoTally tally) {
        this.topics = topics;
        this.tally = tally;
        Map<String, Object> all = new LinkedHashMap<>(properties);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : List.of(topics.scores(), topics.deadLetters())) {
            consumer.partitionsFor(topic)
                    .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        consumer.assign(partitions);
    }

    /** Takes in what came meanwhile, waiting a little when there is nothing. */
    public void poll() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (record.topic().equals(topics.scores())) {
                tally.scored(scores.deserialize(record.topic(), record.value()));
            } else {
                Header id = record.headers().lastHeader(CloudEventHeaders.ID);
                if (id != null) {
                    tally.deadLetter(new String(id.value(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
