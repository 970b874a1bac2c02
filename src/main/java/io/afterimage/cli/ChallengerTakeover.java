package io.afterimage.cli;

import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ChallengerListener;
import io.afterimage.registry.ModelEvents;
import io.afterimage.wire.ModelEvent;
import java.time.InstantSource;
import java.util.Map;

/** Lets the version score along that the models topic names as challenger, and says so. */
final class ChallengerTakeover implements ChallengerListener {
    private final Challenger challenger;
    private final CurrentModel champion;
    private final String name;
    private final ModelFit fit;
    private final ScoringMetrics metrics;
    private final ModelEvents events;
    private final InstantSource clock;
    private final String instance;

    /** @param instance names this process in events */
    ChallengerTakeover(
            Challenger challenger,
            CurrentModel champion,
            String name,
            ModelFit fit,
            ScoringMetrics metrics,
            ModelEvents events,
            InstantSource clock,
            String instance) {
        this.challenger = challenger;
        this.champion = champion;
        this.name = name;
        this.fit = fit;
        this.metrics = metrics;
        this.events = events;
        this.clock = clock;
        this.instance = instance;
    }

    @Override
    public void onChallenger(ModelArtifact artifact) throws ModelRejectedException {
        challenger.enter(fit.load(artifact));
        publish(
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
        publish(ModelEvent.Type.REJECTED, version, "not used as challenger: " + reason);
    }

    private void publish(ModelEvent.Type type, String version, String reason) {
        String current;
        try (CurrentModel.Lease lease = champion.lease()) {
            current = lease.model().manifest().version();
        }
        events.publish(ModelEvent.of(type, name, version, current, reason, clock.instant(), Map.of(), instance));
    }
}
