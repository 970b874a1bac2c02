package io.afterimage.wire;

import io.afterimage.image.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * An image that could not be scored, as it came: the same key, value and headers, and beside them headers that say why and
 * where it was. No CloudEvents header is added or changed, so that the record can be sent again as it is.
 *
 * <p>It always fits: one that brokers refuse would come back for ever and stop all images behind it. What exceeds the limit
 * is cut, the value first, and {@value #TRUNCATED} says so.
 *
 * @param key the original key; its first {@value ImageEvent#MAX_STREAM_BYTES} bytes when it does not fit
 * @param value the original bytes, as many as fit; null for a tombstone
 * @param headers the original ones, without those that do not fit, and those that are added
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way to a producer, never compared
public record DeadLetter(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
    /** {@link Rejection#label()}. */
    public static final String REASON = "afterimage-reason";
    /** One line for people, at most {@value #MAX_MESSAGE_LENGTH} characters. */
    public static final String MESSAGE = "afterimage-message";
    /** Where the image was, in decimal digits where it is a number. */
    public static final String TOPIC = "afterimage-topic";

    public static final String PARTITION = "afterimage-partition";
    public static final String OFFSET = "afterimage-offset";
    /** Only when key, headers or value were cut: how many bytes the value had. */
    public static final String TRUNCATED = "afterimage-truncated";

    public static final int MAX_MESSAGE_LENGTH = 1000;
    /** More than the added headers and the frame of the record take. */
    public static final int MOST_ADDED_BYTES = 8 << 10;

    private static final List<String> WRITTEN = List.of(REASON, MESSAGE, TOPIC, PARTITION, OFFSET, TRUNCATED);

    /** The names of all headers that may be added. */
    public static List<String> written() {
        return WRITTEN;
    }

    /**
     * Makes a dead letter of a record. Headers of an earlier dead letter that was sent again are replaced.
     *
     * @param original not changed
     * @param maxBytes the most bytes to keep of key, original headers and value together, at least 0; what is added takes less
     *     than {@value #MOST_ADDED_BYTES}
     */
    public static DeadLetter of(
            Headers original,
            byte @Nullable [] key,
            byte @Nullable [] value,
            String topic,
            int partition,
            long offset,
            Rejection reason,
            String message,
            int maxBytes) {
        byte[] keptKey = key == null || key.length <= maxBytes
                ? key
                : Arrays.copyOf(key, Math.min(maxBytes, ImageEvent.MAX_STREAM_BYTES));
        boolean cut = keptKey != key;
        long room = (long) maxBytes - (keptKey == null ? 0 : keptKey.length);
        var headers = new RecordHeaders();
        for (Header header : original) {
            if (!WRITTEN.contains(header.key())) {
                long size = size(header);
                if (size <= room) {
                    headers.add(header);
                    room -= size;
                } else {
                    cut = true;
                }
            }
        }
        byte[] keptValue = value == null || value.length <= room ? value : Arrays.copyOf(value, (int) room);
        add(headers, REASON, reason.label());
        add(headers, MESSAGE, message.substring(0, Math.min(message.length(), MAX_MESSAGE_LENGTH)));
        add(headers, TOPIC, topic);
        add(headers, PARTITION, Integer.toString(partition));
        add(headers, OFFSET, Long.toString(offset));
        if (cut || keptValue != value) {
            add(headers, TRUNCATED, Integer.toString(value == null ? 0 : value.length));
        }
        return new DeadLetter(keptKey, keptValue, headers);
    }

    /** At least what the header takes in a record: its name in UTF-8, its value and their lengths. */
    private static long size(Header header) {
        return header.key().length() * 3L + (header.value() == null ? 0 : header.value().length) + 10;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
