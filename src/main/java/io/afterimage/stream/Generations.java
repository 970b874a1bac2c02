package io.afterimage.stream;

/**
 * Which models an image met, see {@link io.afterimage.model.CurrentModel.Lease#generation}; what there is no model for has 0.
 *
 * @param scoring of the model that gave the verdict
 * @param denoising of the model for denoised pictures
 * @param upscaling of the model for enlarged pictures
 */
record Generations(long scoring, long denoising, long upscaling) {
    static final Generations NONE = new Generations(0, 0, 0);

    /** Whether one of the models is older than the one an earlier image met. */
    boolean behind(Generations earlier) {
        return scoring < earlier.scoring || denoising < earlier.denoising || upscaling < earlier.upscaling;
    }
}
