package io.afterimage.demo;

/** The embedded broker did not start; the message says what to do about it. */
public final class BrokerFailedException extends Exception {
    public BrokerFailedException(String message) {
        super(message);
    }

    public BrokerFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
