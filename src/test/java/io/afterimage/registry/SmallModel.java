package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import java.util.Map;
import java.util.Random;

/** Models whose weights are noise: whole as far as the registry can tell. */
public final class SmallModel {
    /** Two full chunks and a rest. */
    static final int WEIGHTS = 2 * ModelsTopic.CHUNK_BYTES + 1000;

    private SmallModel() {}

    public static ModelArtifact of(String name, int seed) throws ModelRejectedException {
        return of(name, seed, WEIGHTS);
    }

    /** One with so many bytes of weights. */
    static ModelArtifact of(String name, int seed, int bytes) throws ModelRejectedException {
        byte[] weights = new byte[bytes];
        new Random(seed).nextBytes(weights);
        ModelManifest shipped = ModelArtifact.builtin().manifest();
        return ModelArtifact.create(
                new ModelManifest(
                        shipped.format(),
                        name,
                        "",
                        shipped.task(),
                        shipped.architecture(),
                        shipped.scoring(),
                        shipped.calibration(),
                        shipped.weights(),
                        shipped.training(),
                        Map.of(),
                        ""),
                weights);
    }
}
