package io.afterimage.image;

import java.util.Locale;

/** Why an image, or a request for new ones, was refused. The {@link #label()} is part of the dead-letter contract and a metric tag. */
public enum Rejection {
    /** No bytes at all, or a tombstone. */
    EMPTY,
    /** More encoded bytes than the limit. */
    TOO_MANY_BYTES,
    /** The header announces more pixels than the limit; nothing was decoded. */
    TOO_MANY_PIXELS,
    /** The event says it carries something other than an image. */
    UNSUPPORTED_CONTENT_TYPE,
    /** The bytes are not PNG, JPEG, BMP or GIF. */
    UNKNOWN_FORMAT,
    /** The format is known but the bytes are truncated, corrupt or use a variant that cannot be read. */
    UNREADABLE,
    /** The stream name (the record key) is longer than the limit or not plain text. */
    INVALID_STREAM,
    /** The image was decoded, but the model could not score it. */
    SCORING_FAILED,
    /** A request for new pictures cannot be read, or asks for what the model or the limits do not allow. */
    INVALID_REQUEST,
    /** A request was understood, but the model could not answer it. */
    GENERATION_FAILED;

    /** Lower case with hyphens: {@code too-many-pixels}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
