package io.afterimage.model;

/**
 * What a model makes of one image.
 *
 * @param parts the raw scores as they are fused, in the order of the recipe's parts: logarithms, but for {@link
 *     io.afterimage.score.Part#PLACE}
 * @param score the fused score
 * @param pValue share of the calibration sample that scores at least as high
 * @param reconstruction the denoised picture, channels × height × width values in [0, 1]
 * @param residual the picture of the residual, height × width values in [0, 1]
 * @param latent the latent vector
 */
@SuppressWarnings("ArrayRecordComponent") // handed from the model to the serialiser, never compared
public record Analysis(
        double[] parts, double score, double pValue, float[] reconstruction, float[] residual, float[] latent) {}
