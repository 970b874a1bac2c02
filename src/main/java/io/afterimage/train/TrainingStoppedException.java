package io.afterimage.train;

/** A training that was ended before its last step; there is no model. */
public final class TrainingStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TrainingStoppedException(String message) {
        super(message);
    }
}
