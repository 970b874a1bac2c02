package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where the latent vectors of a sample of normal images point. How long a latent vector is goes with how much there is to see in the
 * picture; what there is to see is in its direction.
 *
 * @param directions {@code n × latent}, row by row, each of length 1
 * @param latent length of a latent vector
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record LatentMemory(float[] directions, int latent) {
    private static final String NAME = "memory.directions";
    /** Keeps the direction of a vector of zeros finite. */
    private static final float LEAST_LENGTH = 1e-6f;

    public LatentMemory {
        if (directions.length % latent != 0 || directions.length < FeatureMemory.NEIGHBOURS * latent) {
            throw new IllegalArgumentException("directions of latent vectors do not fit their length");
        }
    }

    /** Latent vectors, {@code n × latent}, at length 1. */
    public static NDArray directions(NDArray latents) {
        return latents.div(latents.square().sum(new int[] {1}, true).sqrt().add(LEAST_LENGTH));
    }

    /** The tensor of a memory in a weights file and its shape. */
    static Map<String, List<Long>> shapes(long latent, long normals) {
        return Map.of(NAME, List.of(normals, latent));
    }

    Map<String, SafeTensors.Tensor> tensors() {
        return Map.of(
                NAME, new SafeTensors.Tensor(List.of((long) directions.length / latent, (long) latent), directions));
    }

    static LatentMemory of(Map<String, SafeTensors.Tensor> tensors, int latent) {
        return new LatentMemory(Objects.requireNonNull(tensors.get(NAME)).values(), latent);
    }
}
