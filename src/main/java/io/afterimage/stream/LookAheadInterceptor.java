package io.afterimage.stream;

import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/** Shows each poll of the main consumer to the {@link LookAhead} and hands it on unchanged. Kafka makes the instance. */
public final class LookAheadInterceptor implements ConsumerInterceptor<byte[], byte[]> {
    /** The consumer property that carries the look-ahead object. */
    static final String LOOK_AHEAD = "afterimage.look.ahead";

    private @Nullable LookAhead<?> lookAhead;

    /** Adds an interceptor that shows polls to {@code lookAhead} to the main consumers of a Streams configuration. */
    static void install(Properties streams, LookAhead<?> lookAhead) {
        streams.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
                LookAheadInterceptor.class.getName());
        streams.put(StreamsConfig.mainConsumerPrefix(LOOK_AHEAD), lookAhead);
    }

    @Override
    public void configure(Map<String, ?> properties) {
        lookAhead = (LookAhead<?>) Objects.requireNonNull(properties.get(LOOK_AHEAD), LOOK_AHEAD);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> poll) {
        if (lookAhead != null && !poll.isEmpty()) {
            lookAhead.submit(poll);
        }
        return poll;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // A commit says nothing about what lies ahead.
    }

    @Override
    public void close() {
        if (lookAhead != null) {
            lookAhead.forgetAll();
        }
    }
}
