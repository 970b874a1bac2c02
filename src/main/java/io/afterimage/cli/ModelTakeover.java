package io.afterimage.cli;

import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.LoadedModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelWatcher;
import io.afterimage.wire.ModelEvent;
import java.util.function.Consumer;

/**
 * Puts models from the models topic into service, and says so.
 *
 * @param <M> what can be done with them
 */
final class ModelTakeover<M extends LoadedModel> implements ModelWatcher.Listener {
    private final CurrentModel<M> models;
    private final ModelLoading<M> loading;
    private final Consumer<ModelManifest> taken;
    private final ScoringMetrics metrics;
    private final ModelNews news;

    /** @param taken told which model is in use from now on */
    ModelTakeover(
            CurrentModel<M> models,
            ModelLoading<M> loading,
            Consumer<ModelManifest> taken,
            ScoringMetrics metrics,
            ModelNews news) {
        this.models = models;
        this.loading = loading;
        this.taken = taken;
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
        M next = loading.load(artifact);
        try {
            models.swap(next, generation);
        } catch (RuntimeException e) {
            next.close();
            throw e;
        }
        taken.accept(artifact.manifest());
        news.tell(ModelEvent.Type.SWAPPED, version, before, "this instance uses it from now on");
    }

    @Override
    public void onRejected(String version, String reason) {
        metrics.modelRejected();
        news.tell(ModelEvent.Type.REJECTED, version, reason);
    }
}
