package io.afterimage.wire;

import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.Rejection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * An image as it came from Kafka: a CloudEvent in binary mode, or a bare record without any header.
 *
 * <p>Headers are advice. One that cannot be used is passed over rather than costing the image its verdict: an id that is
 * blank, longer than {@value #MAX_ID_LENGTH} characters or has control characters gives way to the record's position,
 * which names the image just as well; a time that is not RFC 3339 or lies outside the years 1 to 9999 gives way to the
 * record's timestamp. Only the stream is strict, because it is the key that orders and partitions all that follows.
 *
 * @param stream the record's key, {@value #DEFAULT_STREAM} when it has none; at most {@value #MAX_STREAM_BYTES} bytes of
 *     UTF-8 without control characters
 * @param id {@code ce_id}, otherwise {@code topic-partition-offset}
 * @param time {@code ce_time}, otherwise the record's timestamp, 1970 when it has none (-1)
 * @param contentType what the producer says the bytes are, not checked; null when it says nothing
 * @param bytes the encoded image, at least one byte; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on the hot path, never a key
public record ImageEvent(
        String stream,
        String id,
        Instant time,
        @Nullable String contentType,
        byte[] bytes,
        String topic,
        int partition,
        long offset) {

    public static final String DEFAULT_STREAM = "default";
    public static final int MAX_STREAM_BYTES = 256;
    public static final int MAX_ID_LENGTH = 256;

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    /** As {@link #of(Headers, byte[], byte[], String, int, long, long)}. */
    public static ImageEvent of(ConsumerRecord<byte[], byte[]> record) throws ImageRejectedException {
        return of(
                record.headers(),
                record.key(),
                record.value(),
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp());
    }

    /**
     * Reads an image event.
     *
     * @param timestamp the record's, milliseconds since 1970
     * @throws ImageRejectedException {@link Rejection#INVALID_STREAM} for a key that is too long or not text,
     *     {@link Rejection#EMPTY} for a value without bytes
     */
    public static ImageEvent of(
            Headers headers,
            byte @Nullable [] key,
            byte @Nullable [] value,
            String topic,
            int partition,
            long offset,
            long timestamp)
            throws ImageRejectedException {
        String stream = stream(key);
        if (value == null || value.length == 0) {
            throw new ImageRejectedException(Rejection.EMPTY, "the record has no value");
        }
        return new ImageEvent(
                stream,
                id(headers, topic, partition, offset),
                time(headers, timestamp),
                text(headers, CloudEventHeaders.CONTENT_TYPE),
                value,
                topic,
                partition,
                offset);
    }

    /** The stream that a record's key names, as {@link #of} reads it; empty when it is not a proper one. */
    public static Optional<String> streamOf(byte @Nullable [] key) {
        try {
            return Optional.of(stream(key));
        } catch (ImageRejectedException e) {
            return Optional.empty();
        }
    }

    private static String stream(byte @Nullable [] key) throws ImageRejectedException {
        if (key == null || key.length == 0) {
            return DEFAULT_STREAM;
        }
        if (key.length > MAX_STREAM_BYTES) {
            throw new ImageRejectedException(
                    Rejection.INVALID_STREAM,
                    "the key has %d bytes, a stream at most %d".formatted(key.length, MAX_STREAM_BYTES));
        }
        try {
            String stream = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
            if (hasControls(stream)) {
                throw new ImageRejectedException(
                        Rejection.INVALID_STREAM, "the key has control characters, a stream is plain text");
            }
            return stream;
        } catch (CharacterCodingException e) {
            throw new ImageRejectedException(Rejection.INVALID_STREAM, "the key is not UTF-8 text", e);
        }
    }

    private static String id(Headers headers, String topic, int partition, long offset) {
        String id = text(headers, CloudEventHeaders.ID);
        return id == null || id.length() > MAX_ID_LENGTH || hasControls(id)
                ? topic + "-" + partition + "-" + offset
                : id;
    }

    private static Instant time(Headers headers, long timestamp) {
        String time = text(headers, CloudEventHeaders.TIME);
        if (time != null) {
            try {
                Instant given = OffsetDateTime.parse(time).toInstant();
                if (isWithinRange(given)) {
                    return given;
                }
            } catch (DateTimeException e) {
                return recorded(timestamp);
            }
        }
        return recorded(timestamp);
    }

    private static Instant recorded(long timestamp) {
        Instant recorded = Instant.ofEpochMilli(timestamp);
        return timestamp >= 0 && isWithinRange(recorded) ? recorded : Instant.EPOCH;
    }

    private static boolean isWithinRange(Instant time) {
        return !time.isBefore(FIRST) && !time.isAfter(LAST);
    }

    private static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        if (header == null || header.value() == null) {
            return null;
        }
        String text = new String(header.value(), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? null : text;
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }
}
