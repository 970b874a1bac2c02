package io.afterimage.cli;

/** A command cannot do what it was asked for. The message is one sentence that says what to do about it. */
final class CommandFailedException extends RuntimeException {
    CommandFailedException(String message) {
        super(message);
    }

    CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
