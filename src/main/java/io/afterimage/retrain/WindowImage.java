package io.afterimage.retrain;

import org.jspecify.annotations.Nullable;

/**
 * An image as it lies on the topic, waiting to be learned from.
 *
 * @param stream the camera, line or sensor it came from
 * @param partition of the images topic
 * @param offset in the partition; with it, the identity of the image
 * @param timestamp of the record, milliseconds since 1970
 * @param encoded the bytes of the picture as they were published; not copied
 * @param contentType media type as published, null when the event named none
 */
@SuppressWarnings("ArrayRecordComponent") // known by partition and offset, never compared by its bytes
public record WindowImage(
        String stream,
        int partition,
        long offset,
        long timestamp,
        byte[] encoded,
        @Nullable String contentType) {
    private static final int OBJECTS = 128;

    /** Memory it takes, in bytes: the picture, its texts, and an allowance for the objects around them. */
    public long bytes() {
        return OBJECTS
                + (long) encoded.length
                + 2L * stream.length()
                + (contentType == null ? 0 : 2L * contentType.length());
    }
}
