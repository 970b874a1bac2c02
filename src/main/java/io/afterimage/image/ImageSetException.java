package io.afterimage.image;

import java.io.IOException;

/** A set of images cannot be read; the message says what to do about it. */
public final class ImageSetException extends IOException {
    public ImageSetException(String message) {
        super(message);
    }

    public ImageSetException(String message, Throwable cause) {
        super(message, cause);
    }
}
