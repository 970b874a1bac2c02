package io.afterimage.cli;

import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.train.Noise;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What there is to choose about networks that give pictures. */
final class FamilyOptions {
    @Option(
            names = "--noise",
            paramLabel = "NOISE",
            defaultValue = "fog",
            converter = NoiseConverter.class,
            description =
                    "To denoise: fog (normal noise, mean 0.5, deviation 0.3), grain (mean 0, deviation 0.3), salt-and-pepper"
                            + " (a fifth of the pixels), blocks (of 4x4 pixels blanked) or any of them, each picture another."
                            + " Default: ${DEFAULT-VALUE}")
    private Noise noise = Noise.FOG;

    @Option(
            names = "--width",
            defaultValue = "32",
            description =
                    "To denoise or super-resolve: channels of the network; more is better and slower. Default: ${DEFAULT-VALUE}")
    private int width;

    @Option(
            names = "--architecture",
            paramLabel = "KIND",
            defaultValue = GenerativeArchitecture.VARIATIONAL,
            converter = ArchitectureConverter.class,
            description =
                    "To generate: variational (of convolutions), dense-variational or adversarial. Default: ${DEFAULT-VALUE}")
    private String architecture = GenerativeArchitecture.VARIATIONAL;

    @Option(
            names = "--loss",
            defaultValue = "bce",
            converter = LossConverter.class,
            description =
                    "To generate: bce (cross-entropy) or mse (squared error), what is lost of a picture. Default: ${DEFAULT-VALUE}")
    private GenerativeArchitecture.Pixels loss = GenerativeArchitecture.Pixels.BCE;

    @Option(
            names = "--prior-weight",
            paramLabel = "WEIGHT",
            defaultValue = "1",
            description =
                    "To generate: weight of the second half of the loss, the Kullback-Leibler divergence of the latent"
                            + " distributions from a standard normal one, or what the adversary finds. Default: ${DEFAULT-VALUE}")
    private double priorWeight;

    Noise noise() {
        return noise;
    }

    int width() {
        return width;
    }

    String architecture() {
        return architecture;
    }

    /** @throws IllegalArgumentException for a weight that is none */
    GenerativeArchitecture.Loss loss() {
        return new GenerativeArchitecture.Loss(loss, priorWeight);
    }

    static final class NoiseConverter extends LabelConverter<Noise> {
        NoiseConverter() {
            super("noise", List.of(Noise.values()), Noise::label);
        }
    }

    static final class ArchitectureConverter extends LabelConverter<String> {
        ArchitectureConverter() {
            super("generative architecture", GenerativeArchitecture.KINDS, kind -> kind);
        }
    }

    static final class LossConverter extends LabelConverter<GenerativeArchitecture.Pixels> {
        LossConverter() {
            super(
                    "loss",
                    List.of(GenerativeArchitecture.Pixels.values()),
                    loss -> loss.name().toLowerCase(Locale.ROOT));
        }
    }
}
