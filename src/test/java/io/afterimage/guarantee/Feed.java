package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.ImageSet;
import io.afterimage.image.LabelledImage;
import io.afterimage.stream.Topics;
import io.afterimage.wire.CloudEventHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Publishes handwritten digits of several streams at a steady rate, some bytes that are no image among them. */
public final class Feed implements AutoCloseable {
    /** Enough that each of six partitions has some. */
    private static final int STREAMS = 48;

    private static final int PICTURES = 150;
    /** Prime, so that every stream gets some. */
    private static final int UNREADABLE_EVERY = 97;

    private static final String NAME = "digit-";
    private static final byte[] UNREADABLE = "this is no image".getBytes(StandardCharsets.UTF_8);

    private final Topics topics;
    private final int imagesPerSecond;
    private final ExactlyOnceGuarantee guarantee;
    private final List<byte[]> pictures = new ArrayList<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this::publish, "feed");
    private final long start = System.nanoTime();
    private volatile boolean stopped;

    private Feed(Map<String, Object> client, Topics topics, int imagesPerSecond, ExactlyOnceGuarantee guarantee) {
        this.topics = topics;
        this.imagesPerSecond = imagesPerSecond;
        this.guarantee = guarantee;
        try (ImageSet digits = ImageSet.open("builtin:digits-test")) {
            for (LabelledImage digit : digits) {
                pictures.add(digit.encoded());
                if (pictures.size() == PICTURES) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Object> properties = new HashMap<>(client);
        properties.putAll(Map.of("acks", "all", "linger.ms", 5, "reconnect.backoff.ms", 1000));
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Starts publishing; every image that the broker acknowledges is told to the guarantee. */
    static Feed start(Deployment deployment, Topics topics, int imagesPerSecond, ExactlyOnceGuarantee guarantee) {
        return start(deployment.client(Map.of()), topics, imagesPerSecond, guarantee);
    }

    /**
     * As above.
     *
     * @param client what a client needs to get at the broker
     */
    public static Feed start(
            Map<String, Object> client, Topics topics, int imagesPerSecond, ExactlyOnceGuarantee guarantee) {
        Feed feed = new Feed(client, topics, imagesPerSecond, guarantee);
        feed.thread.start();
        return feed;
    }

    private void publish() {
        for (long number = 0; !stopped; number++) {
            long early = due(number) - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(early);
            }
            send(number);
        }
    }

    /**
     * When an image came, whether or not a broker was there to take it.
     *
     * @param id its {@code ce_id}
     * @return as {@link System#nanoTime()} has it
     */
    public long due(String id) {
        return due(Long.parseLong(id.substring(NAME.length())));
    }

    private long due(long number) {
        return start + number * 1_000_000_000L / imagesPerSecond;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of it
    private void send(long number) {
        String id = NAME + number;
        String stream = "camera-" + number % STREAMS;
        boolean readable = number % UNREADABLE_EVERY != UNREADABLE_EVERY - 1;
        int picture = (int) (number % pictures.size());
        ProducerRecord<byte[], byte[]> image = new ProducerRecord<>(
                topics.images(),
                stream.getBytes(StandardCharsets.UTF_8),
                readable ? pictures.get(picture) : UNREADABLE);
        image.headers().add(CloudEventHeaders.ID, id.getBytes(StandardCharsets.UTF_8));
        producer.send(image, (place, e) -> {
            if (e == null) {
                guarantee.published(
                        new PublishedImage(id, stream, picture, readable, place.partition(), place.offset()));
            } else {
                failure.compareAndSet(null, e);
            }
        });
    }

    /** Publishes no more, and waits until the broker has acknowledged everything. */
    public void stop() throws InterruptedException {
        stopped = true;
        thread.join();
        producer.flush();
        assertThat(failure.get()).as("an image could not be published").isNull();
    }

    @Override
    public void close() {
        stopped = true;
        producer.close(Duration.ZERO);
    }
}
