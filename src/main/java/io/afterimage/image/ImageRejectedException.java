package io.afterimage.image;

/** An image that cannot be read within the limits, with the reason its dead letter will carry. */
public final class ImageRejectedException extends Exception {
    private final Rejection reason;

    public ImageRejectedException(Rejection reason, String message) {
        super(message);
        this.reason = reason;
    }

    public ImageRejectedException(Rejection reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Rejection reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
