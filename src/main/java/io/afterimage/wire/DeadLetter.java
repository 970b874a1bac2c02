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
 * An image that could not be scored, as it came: the same value and headers, and beside them headers that say why and
 * where it was. No CloudEvents header is added or changed, so that the record can be sent again as it is.
 *
 * @param value the original bytes, cut when they exceed what a broker takes; null for a tombstone
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way to a producer, never a key
public record DeadLetter(byte @Nullable [] value, Headers headers) {
    /** {@link Rejection#label()}. */
    public static final String REASON = "afterimage-reason";
    /** One line for people, at most {@value #MAX_MESSAGE_LENGTH} characters. */
    public static final String MESSAGE = "afterimage-message";
    /** Where the image was, in decimal digits where it is a number. */
    public static final String TOPIC = "afterimage-topic";

    public static final String PARTITION = "afterimage-partition";
    public static final String OFFSET = "afterimage-offset";
    /** Only when the value was cut: how many bytes it had. */
    public static final String TRUNCATED = "afterimage-truncated";

    public static final int MAX_MESSAGE_LENGTH = 1000;

    private static final List<String> WRITTEN = List.of(REASON, MESSAGE, TOPIC, PARTITION, OFFSET, TRUNCATED);

    /** The names of all headers that may be added. */
    public static List<String> written() {
        return WRITTEN;
    }

    /**
     * Makes a dead letter of a record. Headers of an earlier dead letter that was sent again are replaced.
     *
     * @param original not changed
     * @param maxBytes the most bytes of the value to keep, at least 0
     */
    public static DeadLetter of(
            Headers original,
            byte @Nullable [] value,
            String topic,
            int partition,
            long offset,
            Rejection reason,
            String message,
            int maxBytes) {
        var headers = new RecordHeaders();
        for (Header header : original) {
            if (!WRITTEN.contains(header.key())) {
                headers.add(header);
            }
        }
        add(headers, REASON, reason.label());
        add(headers, MESSAGE, message.substring(0, Math.min(message.length(), MAX_MESSAGE_LENGTH)));
        add(headers, TOPIC, topic);
        add(headers, PARTITION, Integer.toString(partition));
        add(headers, OFFSET, Long.toString(offset));
        if (value == null || value.length <= maxBytes) {
            return new DeadLetter(value, headers);
        }
        add(headers, TRUNCATED, Integer.toString(value.length));
        return new DeadLetter(Arrays.copyOf(value, maxBytes), headers);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
