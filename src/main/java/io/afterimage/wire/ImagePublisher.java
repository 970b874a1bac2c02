package io.afterimage.wire;

import io.afterimage.image.ImageFormat;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends images to the service: CloudEvents in binary mode, keyed by stream, each stored once and by all replicas in
 * sync. The images in flight are bounded by the producer's buffer ({@code buffer.memory}, 32 MB): beyond it
 * {@link #publish} waits. For one sending thread; the counts may be read by any.
 *
 * <p>After the first image that could not be sent nothing more is: {@link #publish} and {@link #flush} throw what went
 * wrong, as {@link KafkaException}.
 */
public final class ImagePublisher implements AutoCloseable {
    /** An image of 16 MiB and its headers in one request. */
    private static final int MAX_REQUEST_BYTES = 17 << 20;

    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Clock clock;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /**
     * @param properties of the producer, by Kafka's names; {@code bootstrap.servers} at least
     * @param clock says when an image was taken
     */
    public ImagePublisher(Map<String, Object> properties, String topic, Clock clock) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        all.putAll(properties);
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
        this.clock = clock;
    }

    /**
     * Hands one image to the producer.
     *
     * @param id names the image within its stream, at most {@value ImageEvent#MAX_ID_LENGTH} characters
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback learns the outcome
    public void publish(String stream, String id, byte[] image) {
        throwIfFailed();
        var record = new ProducerRecord<>(topic, stream.getBytes(StandardCharsets.UTF_8), image);
        Optional<String> contentType = ImageFormat.detect(image).map(ImageFormat::mediaType);
        CloudEventHeaders.writeImage(record.headers(), stream, id, clock.instant(), contentType);
        producer.send(record, (metadata, e) -> {
            if (e == null) {
                acknowledged.incrementAndGet();
            } else {
                failure.compareAndSet(null, e);
            }
        });
    }

    /** Waits until every image handed over is acknowledged. */
    public void flush() {
        producer.flush();
        throwIfFailed();
    }

    /** Number of images that are stored. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Gives images in flight a few seconds. */
    @Override
    public void close() {
        producer.close(CLOSING);
    }

    private void throwIfFailed() {
        Exception e = failure.get();
        if (e != null) {
            throw e instanceof KafkaException kafka ? kafka : new KafkaException(e);
        }
    }
}
