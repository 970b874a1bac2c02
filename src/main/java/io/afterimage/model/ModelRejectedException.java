package io.afterimage.model;

/** A model that must not be used: damaged, of another format, or at odds with its own manifest. */
public final class ModelRejectedException extends Exception {
    public ModelRejectedException(String message) {
        super(message);
    }

    public ModelRejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
