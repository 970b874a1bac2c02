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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Publishes handwritten digits of several streams at a steady rate, some bytes that are no image among them. */
final class Feed implements AutoCloseable {
    private static final int STREAMS = 8;
    private static final int PICTURES = 150;
    /** Prime, so that every stream gets some. */
    private static final int UNREADABLE_EVERY = 97;

    private static final byte[] UNREADABLE = "this is no image".getBytes(StandardCharsets.UTF_8);

    private final Topics topics;
    private final int imagesPerSecond;
    private final ExactlyOnceGuarantee guarantee;
    private final List<byte[]> pictures = new ArrayList<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this::publish, "feed");
    private volatile boolean stopped;

    private Feed(Deployment deployment, Topics topics, int imagesPerSecond, ExactlyOnceGuarantee guarantee) {
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
        producer = new KafkaProducer<>(
                deployment.client(Map.of("acks", "all", "linger.ms", 5, "reconnect.backoff.ms", 1000)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Starts publishing; every image that the broker acknowledges is told to the guarantee. */
    static Feed start(Deployment deployment, Topics topics, int imagesPerSecond, ExactlyOnceGuarantee guarantee) {
        Feed feed = new Feed(deployment, topics, imagesPerSecond, guarantee);
        feed.thread.start();
        return feed;
    }

    private void publish() {
        long start = System.nanoTime();
        for (long number = 0; !stopped; number++) {
            long due = start + number * 1_000_000_000L / imagesPerSecond;
            long early = due - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(early);
            }
            send(number);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of it
    private void send(long number) {
        String id = "digit-" + number;
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
    void stop() throws InterruptedException {
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
