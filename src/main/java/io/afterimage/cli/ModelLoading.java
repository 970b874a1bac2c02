package io.afterimage.cli;

import io.afterimage.model.GenerativeModel;
import io.afterimage.model.LoadedModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.PictureModel;
import io.afterimage.model.Task;
import java.util.function.Supplier;

/**
 * From a model at rest to one that is ready for service. Its first pass is done, because that is a slow one, and gave numbers.
 *
 * @param <M> what can be done with it
 */
@FunctionalInterface
interface ModelLoading<M extends LoadedModel> {
    /**
     * Loads a model.
     *
     * @throws ModelRejectedException when it is for another task, damaged, or does not fit the service
     */
    M load(ModelArtifact artifact) throws ModelRejectedException;

    /** Of models that make pictures of pictures. */
    static ModelLoading<PictureModel> pictures(Task task) {
        return artifact -> {
            PictureModel model = PictureModel.load(artifact, task);
            return tried(
                    model,
                    () -> model.apply(
                            new float[model.shape().size()],
                            1,
                            model.shape().height(),
                            model.shape().width()));
        };
    }

    /** Of models that make new pictures. */
    static ModelLoading<GenerativeModel> newPictures() {
        return artifact -> {
            GenerativeModel model = GenerativeModel.load(artifact);
            return tried(model, () -> model.decode(model.draw(1, 0), 1));
        };
    }

    private static <M extends LoadedModel> M tried(M model, Supplier<float[]> pass) throws ModelRejectedException {
        try {
            for (float value : pass.get()) {
                if (!Float.isFinite(value)) {
                    throw new ModelRejectedException("the values of its pictures are not finite numbers");
                }
            }
            return model;
        } catch (ModelRejectedException | RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
