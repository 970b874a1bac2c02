package io.afterimage.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The model that scores along without a say, if there is one. It may come, be replaced and go while others score with it: each
 * model is closed when its last lease is given back. Thread-safe.
 */
public final class Challenger implements AutoCloseable {
    private @Nullable CurrentModel<ScoringModel> model;

    /** The model to score along with, open until the lease is given back; empty while there is none. */
    public synchronized Optional<CurrentModel.Lease<ScoringModel>> lease() {
        return model == null ? Optional.empty() : Optional.of(model.lease());
    }

    /** Takes a model over, in place of the one before: closing this closes it. */
    public synchronized void enter(ScoringModel next) {
        close();
        model = new CurrentModel<>(next, 0);
    }

    /** There is no challenger any more, until another enters. */
    @Override
    public synchronized void close() {
        if (model != null) {
            model.close();
            model = null;
        }
    }
}
