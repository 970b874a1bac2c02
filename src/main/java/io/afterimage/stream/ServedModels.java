package io.afterimage.stream;

import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.GenerativeModel;
import io.afterimage.model.PictureModel;
import io.afterimage.model.ScoringModel;
import java.util.Optional;

/**
 * The models of a service, one for each task that it runs; each changes its version without the others.
 *
 * @param scoring gives the verdicts
 * @param challenger scores along without a say, if there is one
 * @param denoising makes the pictures on the topic of reconstructions; without it the scoring model does
 * @param upscaling makes the pictures on the topic of upscaled ones
 * @param generating answers requests for new pictures
 */
public record ServedModels(
        CurrentModel<ScoringModel> scoring,
        Challenger challenger,
        Optional<CurrentModel<PictureModel>> denoising,
        Optional<CurrentModel<PictureModel>> upscaling,
        Optional<CurrentModel<GenerativeModel>> generating)
        implements AutoCloseable {
    /** Verdicts and nothing else. */
    public static ServedModels of(CurrentModel<ScoringModel> scoring, Challenger challenger) {
        return new ServedModels(scoring, challenger, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public ServedModels withDenoising(Optional<CurrentModel<PictureModel>> model) {
        return new ServedModels(scoring, challenger, model, upscaling, generating);
    }

    public ServedModels withUpscaling(Optional<CurrentModel<PictureModel>> model) {
        return new ServedModels(scoring, challenger, denoising, model, generating);
    }

    public ServedModels withGenerating(Optional<CurrentModel<GenerativeModel>> model) {
        return new ServedModels(scoring, challenger, denoising, upscaling, model);
    }

    /** Closes each model after its last lease. */
    @Override
    public void close() {
        generating.ifPresent(CurrentModel::close);
        upscaling.ifPresent(CurrentModel::close);
        denoising.ifPresent(CurrentModel::close);
        challenger.close();
        scoring.close();
    }
}
