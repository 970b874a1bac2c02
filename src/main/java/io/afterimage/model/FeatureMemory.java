package io.afterimage.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the features of normal images look like: a projection to whitened principal components, and a sample of normal images
 * in that space.
 *
 * @param projection {@code features × components}, row by row
 * @param offset added after the projection, {@code components} values
 * @param normals {@code n × components}, row by row
 * @param components length of a whitened vector
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record FeatureMemory(float[] projection, float[] offset, float[] normals, int components) {
    /** How many nearest normal images an image is compared with. */
    public static final int NEIGHBOURS = 3;

    public FeatureMemory {
        if (components < 1
                || offset.length != components
                || projection.length % components != 0
                || normals.length % components != 0
                || normals.length < NEIGHBOURS * components) {
            throw new IllegalArgumentException("the parts of a feature memory do not fit together");
        }
    }

    /** Number of features that are projected. */
    public int features() {
        return projection.length / components;
    }

    /** Number of normal images remembered; at least {@value #NEIGHBOURS}. */
    public int size() {
        return normals.length / components;
    }

    /** The tensors of a memory in a weights file and their shapes. */
    static Map<String, List<Long>> shapes(long features, long components, long normals) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put("memory.projection", List.of(features, components));
        shapes.put("memory.offset", List.of(components));
        shapes.put("memory.normals", List.of(normals, components));
        return shapes;
    }

    Map<String, SafeTensors.Tensor> tensors() {
        Map<String, List<Long>> shapes = shapes(features(), components, size());
        Map<String, float[]> values =
                Map.of("memory.projection", projection, "memory.offset", offset, "memory.normals", normals);
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) ->
                tensors.put(name, new SafeTensors.Tensor(shape, Objects.requireNonNull(values.get(name)))));
        return tensors;
    }

    static FeatureMemory of(Map<String, SafeTensors.Tensor> tensors) {
        return new FeatureMemory(
                values(tensors, "memory.projection"),
                values(tensors, "memory.offset"),
                values(tensors, "memory.normals"),
                values(tensors, "memory.offset").length);
    }

    private static float[] values(Map<String, SafeTensors.Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name)).values();
    }
}
