package io.afterimage.cli;

import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.registry.ModelWatcher;
import io.afterimage.wire.ModelEvent;

/** Puts models from the models topic into service, and says so. */
final class ModelTakeover implements ModelWatcher.Listener {
    private final CurrentModel models;
    private final ModelFit fit;
    private final ScoringMetrics metrics;
    private final ModelNews news;

    ModelTakeover(CurrentModel models, ModelFit fit, ScoringMetrics metrics, ModelNews news) {
        this.models = models;
        this.fit = fit;
        this.metrics = metrics;
        this.news = news;
    }

    @Override
    public void onModel(ModelArtifact artifact, long generation) throws ModelRejectedException {
        String version = artifact.manifest().version();
        String before = news.current();
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
        news.tell(ModelEvent.Type.SWAPPED, version, before, "this instance scores with it from now on");
    }

    @Override
    public void onRejected(String version, String reason) {
        metrics.modelRejected();
        news.tell(ModelEvent.Type.REJECTED, version, reason);
    }
}
