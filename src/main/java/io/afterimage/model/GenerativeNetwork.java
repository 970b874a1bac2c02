package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.afterimage.image.InputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An autoencoder whose latent vectors are drawn towards a standard normal distribution, so that vectors drawn from it decode to new
 * pictures. A variational one encodes a picture as a normal distribution with independent components and decodes a draw from it; an
 * adversarial one encodes it as a point, which a discriminator tries to tell from a draw.
 *
 * <pre>
 *   picture ─ encoder ─┬─ z mean ───────────────────── + ─ z ─ decoder ─ logits
 *                      └─ z log sigma ─ exp ─ × noise ─┘   └─ discriminator
 * </pre>
 *
 * <p>Input: pictures, {@code n × C × H × W} in [0, 1], and optionally noise, {@code n × latent} standard normal; without noise a
 * picture's z is its mean. Outputs: the decoded picture before the sigmoid, same shape; z mean, {@code n × latent}; and of a
 * variational network z log sigma, the natural logarithm of the standard deviations, {@code n × latent}, at most 0: a picture never
 * leaves more open than having seen none.
 */
public final class GenerativeNetwork extends Network {
    private static final int[] WIDTHS = {32, 64, 64};
    /** Two layers of so many: a plane is folded into pictures of many kinds only by what is not linear. */
    private static final int HIDDEN = 512;

    private static final int CRITIC = 256;

    private final GenerativeArchitecture architecture;
    private final List<Stage> encoder = new ArrayList<>();
    private final List<Linear> encoderUnits = new ArrayList<>();
    private final Linear mean;
    private final @Nullable Linear logSigma;
    private final List<Linear> decoderUnits = new ArrayList<>();
    private final List<Stage> decoder = new ArrayList<>();
    private final @Nullable Linear toPicture;
    private final @Nullable BlockedConvolution toPixels;
    private final List<Linear> discriminator = new ArrayList<>();

    GenerativeNetwork(GenerativeArchitecture architecture) {
        this.architecture = architecture;
        InputShape input = architecture.input();
        int latent = architecture.latent();
        int[] units;
        if (architecture.dense()) {
            units = new int[] {input.size(), HIDDEN, HIDDEN};
        } else {
            for (int i = 0; i < WIDTHS.length; i++) {
                encoder.add(stage("encoder" + (i + 1), i == 0 ? input.channels() : WIDTHS[i - 1], WIDTHS[i], 2));
            }
            units = new int[] {WIDTHS[2] * input.halvedHeight(3) * input.halvedWidth(3), HIDDEN, HIDDEN};
        }
        int depth = units.length - 1;
        for (int i = 0; i < depth; i++) {
            encoderUnits.add(linear("encoderUnits" + (i + 1), units[i], units[i + 1]));
        }
        mean = linear("mean", units[depth], latent);
        logSigma = architecture.variational() ? linear("logSigma", units[depth], latent) : null;
        decoderUnits.add(linear("decoderUnits1", latent, units[depth]));
        for (int i = depth; i > (architecture.dense() ? 1 : 0); i--) {
            decoderUnits.add(linear("decoderUnits" + (decoderUnits.size() + 1), units[i], units[i - 1]));
        }
        if (architecture.dense()) {
            toPicture = linear("picture", HIDDEN, input.size());
            toPixels = null;
        } else {
            toPicture = null;
            decoder.add(stage("decoder1", WIDTHS[2], WIDTHS[1], 1));
            decoder.add(stage("decoder2", WIDTHS[1], WIDTHS[0], 1));
            toPixels = convolution("pixels", WIDTHS[0], 4 * input.channels(), 1, true);
        }
        if (!architecture.variational()) {
            discriminator.add(linear("discriminator1", latent, CRITIC));
            discriminator.add(linear("discriminator2", CRITIC, CRITIC));
            discriminator.add(linear("discriminator3", CRITIC, 1));
        }
    }

    @Override
    public GenerativeArchitecture architecture() {
        return architecture;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameters, NDList inputs, boolean training, @Nullable PairList<String, Object> unused) {
        NDList encoded = encode(parameters, inputs.get(0), training);
        NDArray z = encoded.get(0);
        if (inputs.size() > 1) {
            z = z.add(encoded.get(1).exp().mul(inputs.get(1)));
        }
        NDList outputs = new NDList(decode(parameters, z, training));
        outputs.addAll(encoded);
        return outputs;
    }

    /** From pictures to z mean and, of a variational network, z log sigma. */
    NDList encode(ParameterStore parameters, NDArray pictures, boolean training) {
        NDArray x = pictures;
        for (Stage stage : encoder) {
            x = stage.forward(parameters, x, training);
        }
        x = x.reshape(x.getShape().get(0), -1);
        for (Linear layer : encoderUnits) {
            x = leaky(apply(layer, parameters, x, training));
        }
        NDList encoded = new NDList(apply(mean, parameters, x, training));
        if (logSigma != null) {
            // Sigma is the sigmoid of what the layer gives. Unbounded, its square in the loss outgrows all else early
            // in training.
            encoded.add(
                    Activation.softPlus(apply(logSigma, parameters, x, training).neg())
                            .neg());
        }
        return encoded;
    }

    /** From latent vectors, {@code n × latent}, to pictures before the sigmoid, {@code n × C × H × W}. */
    NDArray decode(ParameterStore parameters, NDArray z, boolean training) {
        InputShape input = architecture.input();
        long n = z.getShape().get(0);
        NDArray x = z;
        for (Linear layer : decoderUnits) {
            x = leaky(apply(layer, parameters, x, training));
        }
        if (toPicture != null) {
            return apply(toPicture, parameters, x, training)
                    .reshape(n, input.channels(), input.height(), input.width());
        }
        x = x.reshape(n, WIDTHS[2], input.halvedHeight(3), input.halvedWidth(3));
        for (int i = 0; i < 2; i++) {
            x = decoder.get(i).forward(parameters, x, training);
            x = nearest(x, input.halvedHeight(2 - i), input.halvedWidth(2 - i));
        }
        NDArray pixels = apply(Objects.requireNonNull(toPixels), parameters, x, training);
        return shuffle(pixels, input.channels(), input.height(), input.width());
    }

    /**
     * How much latent vectors look like draws from the prior to the discriminator, as logits, {@code n × 1}.
     *
     * @param learning whether the discriminator learns from its answer; otherwise gradients reach the vectors only
     */
    public NDArray discriminate(ParameterStore parameters, NDArray z, boolean learning) {
        NDArray x = z;
        for (int i = 0; i < discriminator.size(); i++) {
            Linear layer = discriminator.get(i);
            if (learning) {
                x = apply(layer, parameters, x, true);
            } else {
                NDArray weight =
                        layer.getDirectParameters().get("weight").getArray().stopGradient();
                NDArray bias =
                        layer.getDirectParameters().get("bias").getArray().stopGradient();
                x = x.matMul(weight.transpose()).add(bias);
            }
            if (i < discriminator.size() - 1) {
                x = leaky(x);
            }
        }
        return x;
    }

    /** Pictures from logits. */
    static NDArray pictures(NDArray logits) {
        return Activation.sigmoid(logits);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape vectors = new Shape(inputShapes[0].get(0), architecture.latent());
        return architecture.variational()
                ? new Shape[] {inputShapes[0], vectors, vectors}
                : new Shape[] {inputShapes[0], vectors};
    }
}
