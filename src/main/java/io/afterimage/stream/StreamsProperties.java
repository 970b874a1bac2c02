package io.afterimage.stream;

import io.afterimage.config.Configuration;
import io.afterimage.config.ServiceSettings;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What Kafka Streams is started with: defaults found by measuring, over them what the user configured, over that what the
 * service decides itself.
 */
final class StreamsProperties {
    /** Room for the largest image event, its dead letter and their headers. */
    static final int MOST_REQUEST_BYTES = 18 << 20;

    private StreamsProperties() {}

    static Properties of(Configuration configuration) {
        ServiceSettings settings = configuration.service();
        Properties properties = new Properties();

        // Without prefix, so that whatever the user sets wins over it, be it with a client's prefix or without.
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // Under exactly-once a reader of committed records waits for the commit, so this is much of the latency. A
        // commit costs some milliseconds of processor time here and in the broker, however few images it is for.
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 50);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 16L << 20);
        // A new instance works at once, after restoring its counts, instead of waiting up to ten minutes for a probing
        // rebalance.
        properties.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, Long.MAX_VALUE);
        // A poll must hold many batches: inference has nothing to do while the results of the last one are forwarded
        // and committed. Under light load a poll is as small as what has arrived.
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 4_000);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20);
        properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 400_000);
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 15);
        // A crashed instance is noticed, and its open transaction no longer holds readers back, within seconds.
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        // Nothing is visible before the commit, which sends at once what is left; sending earlier only costs requests.
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 100);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_REQUEST_BYTES);

        properties.putAll(configuration.kafka().forStreams());

        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.streamThreads());
        properties.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, PlausibleTimestamps.class);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir().toString());
        return properties;
    }

    /** The largest record the producer sends, whatever a topic takes. */
    static int mostRequestBytes(Properties properties) {
        Object most = properties.getOrDefault(
                StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                properties.get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG));
        return Integer.parseInt(String.valueOf(most));
    }
}
