package io.afterimage.model;

import ai.djl.ndarray.NDManager;
import io.afterimage.image.InputShape;
import io.afterimage.score.Fusion;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One architecture of each kind, small, and models of them that have learned nothing. */
public final class Architectures {
    private static final int LATENT = 4;
    private static final int WIDTH = 6;
    private static final int COMPONENTS = 2;

    private Architectures() {}

    public static List<Architecture> of(InputShape shape) {
        return List.of(
                new AutoencoderArchitecture(shape, LATENT),
                new DenoisingArchitecture(shape, WIDTH),
                new UpscalingArchitecture(shape, WIDTH),
                generative(GenerativeArchitecture.VARIATIONAL, shape),
                generative(GenerativeArchitecture.DENSE_VARIATIONAL, shape),
                generative(GenerativeArchitecture.ADVERSARIAL, shape));
    }

    public static GenerativeArchitecture generative(String kind, InputShape shape) {
        return new GenerativeArchitecture(
                kind, shape, LATENT, new GenerativeArchitecture.Loss(GenerativeArchitecture.Pixels.BCE, 1));
    }

    /** A model that is whole, with fresh parameters. */
    public static ModelArtifact untrained(Architecture architecture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Network network = Network.initialized(manager, architecture);
            byte[] weights = network instanceof ConvolutionalAutoencoder autoencoder
                    ? autoencoder.weights(new NormalMemory(
                            Optional.of(memory(autoencoder.architecture())), Optional.empty(), Optional.empty()))
                    : network.weights();
            return ModelArtifact.create(manifest(architecture), weights);
        }
    }

    private static FeatureMemory memory(AutoencoderArchitecture architecture) {
        float[] nothing = new float[architecture.features() * COMPONENTS];
        return new FeatureMemory(nothing, new float[COMPONENTS], new float[] {0, 1, 2, 3, 4, 5}, COMPONENTS);
    }

    /** What a model of that architecture says of itself, but for its weights. */
    static ModelManifest manifest(Architecture architecture) {
        boolean verdict = architecture instanceof AutoencoderArchitecture;
        ModelManifest.Scoring scoring = verdict
                ? new ModelManifest.Scoring(
                        "fast", new Fusion(Collections.nCopies(3, 0.0), Collections.nCopies(3, 1.0)), COMPONENTS, 3)
                : ModelManifest.Scoring.NONE;
        return new ModelManifest(
                ModelManifest.FORMAT,
                "fresh",
                "",
                architecture.task().label(),
                architecture,
                scoring,
                verdict ? List.of(0.0, 1.0) : List.of(),
                new ModelManifest.Weights(0, ""),
                new ModelManifest.Training("none", "none", 0, 0, 0, 1, 0, 0, "", "2026-01-02T03:04:05Z"),
                Map.of(),
                "");
    }
}
