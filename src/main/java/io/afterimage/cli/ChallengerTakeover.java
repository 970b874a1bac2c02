package io.afterimage.cli;

import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Challenger;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ChallengerListener;
import io.afterimage.wire.ModelEvent;

/** Lets the version score along that the models topic names as challenger, and says so. */
final class ChallengerTakeover implements ChallengerListener {
    private final Challenger challenger;
    private final ModelFit fit;
    private final ScoringMetrics metrics;
    private final ModelNews news;

    ChallengerTakeover(Challenger challenger, ModelFit fit, ScoringMetrics metrics, ModelNews news) {
        this.challenger = challenger;
        this.fit = fit;
        this.metrics = metrics;
        this.news = news;
    }

    @Override
    public void onChallenger(ModelArtifact artifact) throws ModelRejectedException {
        challenger.enter(fit.load(artifact));
        news.tell(
                ModelEvent.Type.SHADOWING,
                artifact.manifest().version(),
                "this instance lets it score along from now on; verdicts do not depend on it");
    }

    @Override
    public void onNoChallenger() {
        challenger.close();
    }

    @Override
    public void onChallengerRejected(String version, String reason) {
        metrics.modelRejected();
        news.tell(ModelEvent.Type.REJECTED, version, "not used as challenger: " + reason);
    }
}
