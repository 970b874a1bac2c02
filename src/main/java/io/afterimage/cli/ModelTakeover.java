package io.afterimage.cli;

import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.registry.ModelEvents;
import io.afterimage.registry.ModelWatcher;
import io.afterimage.wire.ModelEvent;
import java.time.InstantSource;
import java.util.Map;

/** Puts models from the models topic into service, and says so. */
final class ModelTakeover implements ModelWatcher.Listener {
    private final CurrentModel models;
    private final String name;
    private final ModelFit fit;
    private final ScoringMetrics metrics;
    private final ModelEvents events;
    private final InstantSource clock;
    private final String instance;

    /** @param instance names this process in events */
    ModelTakeover(
            CurrentModel models,
            String name,
            ModelFit fit,
            ScoringMetrics metrics,
            ModelEvents events,
            InstantSource clock,
            String instance) {
        this.models = models;
        this.name = name;
        this.fit = fit;
        this.metrics = metrics;
        this.events = events;
        this.clock = clock;
        this.instance = instance;
    }

    @Override
    public void onModel(ModelArtifact artifact, long generation) throws ModelRejectedException {
        String version = artifact.manifest().version();
        String before = version();
        if (version.equals(before)) {
            return;
        }
        ScoringModel next = fit.load(artifact);
        try {
            models.swap(next, generation);
        } catch (RuntimeException e) {
            next.close();
            throw e;
        }
        metrics.swapped(Models.inUse(artifact.manifest()));
        publish(ModelEvent.Type.SWAPPED, version, before, "this instance scores with it from now on");
    }

    @Override
    public void onRejected(String version, String reason) {
        metrics.modelRejected();
        publish(ModelEvent.Type.REJECTED, version, version(), reason);
    }

    private void publish(ModelEvent.Type type, String version, String before, String reason) {
        events.publish(ModelEvent.of(type, name, version, before, reason, clock.instant(), Map.of(), instance));
    }

    private String version() {
        try (CurrentModel.Lease lease = models.lease()) {
            ModelManifest manifest = lease.model().manifest();
            return manifest.version();
        }
    }
}
