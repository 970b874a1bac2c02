package io.afterimage.process;

/** The clock was set back by more than Kafka's clients bear; see {@link ClockWatch}. */
public final class ClockSetBackException extends RuntimeException {
    public ClockSetBackException(String message) {
        super(message);
    }
}
