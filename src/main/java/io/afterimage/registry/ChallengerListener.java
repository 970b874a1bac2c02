package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;

/** Who wants to know which version scores along. Called by the thread of a {@link ModelWatcher}. */
public interface ChallengerListener {
    /**
     * A verified model that is to score along from now on, in place of the one before.
     *
     * @throws ModelRejectedException when it does not fit this service
     */
    void onChallenger(ModelArtifact artifact) throws ModelRejectedException;

    /** No model is to score along. */
    void onNoChallenger();

    /** A model that was to score along and does not; {@link #onNoChallenger} came before. */
    void onChallengerRejected(String version, String reason);
}
