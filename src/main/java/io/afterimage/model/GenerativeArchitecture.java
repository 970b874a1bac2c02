package io.afterimage.model;

import io.afterimage.image.InputShape;
import java.util.List;

/**
 * The shape of a {@link GenerativeNetwork}.
 *
 * @param kind {@value #VARIATIONAL}, {@value #DENSE_VARIATIONAL} or {@value #ADVERSARIAL}
 * @param input pictures it takes and gives
 * @param latent length of the latent vector, within 1..{@value Architecture#MAX_LATENT}
 * @param loss what training made small; with another one, the same latent vector means another picture
 */
public record GenerativeArchitecture(String kind, InputShape input, int latent, Loss loss) implements Architecture {
    /** A variational autoencoder (Kingma and Welling, ICLR 2014) of convolutions. */
    public static final String VARIATIONAL = "variational";
    /** A variational autoencoder of two hidden layers on either side, each unit connected to every unit before it. */
    public static final String DENSE_VARIATIONAL = "dense-variational";
    /** An adversarial autoencoder (Makhzani et al., 2015) of convolutions. */
    public static final String ADVERSARIAL = "adversarial";
    /** All kinds. */
    public static final List<String> KINDS = List.of(VARIATIONAL, DENSE_VARIATIONAL, ADVERSARIAL);

    /** How far the given picture is from the taken one, over its pixels. */
    public enum Pixels {
        /** Binary cross-entropy in nats: each value is the probability of a white pixel. */
        BCE,
        /** Squared error: half of it is, but for a constant, nats of a normal distribution with deviation 1. */
        MSE
    }

    /**
     * The two halves of a generative loss.
     *
     * @param pixels the first half, summed over a picture
     * @param prior weight, above 0, of the second half, which pulls latent vectors towards a standard normal distribution: the
     *     Kullback-Leibler divergence in nats, or what the adversary finds
     */
    public record Loss(Pixels pixels, double prior) {
        public Loss {
            if (!(prior > 0) || prior > 1e6) {
                throw new IllegalArgumentException("the weight of the prior must be above 0, not " + prior);
            }
        }
    }

    public GenerativeArchitecture {
        if (!KINDS.contains(kind)) {
            throw new IllegalArgumentException(
                    "a generative network is one of %s, not '%s'".formatted(String.join(", ", KINDS), kind));
        }
        Architecture.requireLatent(latent);
    }

    @Override
    public Task task() {
        return Task.GENERATE;
    }

    /** Whether the encoder gives a distribution rather than a point. */
    public boolean variational() {
        return !kind.equals(ADVERSARIAL);
    }

    boolean dense() {
        return kind.equals(DENSE_VARIATIONAL);
    }
}
