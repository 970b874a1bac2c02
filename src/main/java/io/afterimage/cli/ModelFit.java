package io.afterimage.cli;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;

/**
 * What a model from the models topic must be like to score here.
 *
 * @param alpha its calibration sample must support it
 * @param batchSize its first pass has so many images, because that is a slow one: not while images wait for it
 */
record ModelFit(double alpha, int batchSize) {
    /** The model, ready to score. */
    ScoringModel load(ModelArtifact artifact) throws ModelRejectedException {
        ScoringModel model = ScoringModel.load(artifact);
        try {
            model.calibration().requireSupports(alpha);
            model.analyse(new float[batchSize * model.shape().size()], batchSize);
            return model;
        } catch (IllegalArgumentException e) {
            model.close();
            throw new ModelRejectedException("it does not fit this service: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
