package io.afterimage.stream;

/** A batch did not come back in time. The process should end: another instance can take over, this one may never recover. */
final class InferenceStuckException extends RuntimeException {
    InferenceStuckException(String message, Throwable cause) {
        super(message, cause);
    }
}
