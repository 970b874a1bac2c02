package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/**
 * The two halves of the loss of a variational autoencoder, for each picture of a batch. With binary cross-entropy and weight 1 their sum
 * is the negative evidence lower bound (ELBO) in nats: at least what the picture costs under the model.
 */
public final class GenerativeLoss {
    private GenerativeLoss() {}

    /**
     * How far decoded pictures are from those they should be, summed over the pixels.
     *
     * @param logits decoded pictures before the sigmoid, {@code n × C × H × W}
     * @param pictures in [0, 1], same shape
     * @return {@code n} values, at least 0 but for rounding
     */
    public static NDArray reconstruction(GenerativeArchitecture.Pixels pixels, NDArray logits, NDArray pictures) {
        long n = logits.getShape().get(0);
        NDArray each = switch (pixels) {
            case BCE -> Activation.softPlus(logits).sub(logits.mul(pictures));
            case MSE -> GenerativeNetwork.pictures(logits).sub(pictures).square();
        };
        return each.reshape(n, -1).sum(new int[] {1});
    }

    /**
     * The Kullback-Leibler divergence of normal distributions with independent components from the standard one, in nats.
     *
     * @param mean {@code n × latent}
     * @param logSigma natural logarithms of standard deviations, {@code n × latent}
     * @return {@code n} values, at least 0 but for rounding
     */
    public static NDArray divergence(NDArray mean, NDArray logSigma) {
        NDArray twice = mean.square().add(logSigma.mul(2).exp()).sub(1).sub(logSigma.mul(2));
        return twice.sum(new int[] {1}).div(2);
    }
}
