package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.afterimage.image.InputShape;
import java.util.List;
import java.util.Map;

/**
 * A model that makes pictures of pictures: takes the noise off them, or doubles their resolution. Any number of threads may call
 * {@link #apply} at once. Close it only after its last caller has returned.
 */
public final class PictureModel implements LoadedModel {
    private final ModelManifest manifest;
    private final LoadedNetwork loaded;

    private PictureModel(ModelManifest manifest, LoadedNetwork loaded) {
        this.manifest = manifest;
        this.loaded = loaded;
    }

    /**
     * Loads a model whose checksum was verified.
     *
     * @throws ModelRejectedException when it is for another task, or weights and architecture do not fit together
     */
    public static PictureModel load(ModelArtifact artifact) throws ModelRejectedException {
        return load(artifact, List.of(Task.DENOISE, Task.SUPER_RESOLVE));
    }

    /**
     * Loads a model for one task whose checksum was verified.
     *
     * @param task {@link Task#DENOISE} or {@link Task#SUPER_RESOLVE}
     * @throws ModelRejectedException when it is for another task, or weights and architecture do not fit together
     */
    public static PictureModel load(ModelArtifact artifact, Task task) throws ModelRejectedException {
        if (task != Task.DENOISE && task != Task.SUPER_RESOLVE) {
            throw new IllegalArgumentException("no pictures of pictures come from a model for " + task.label());
        }
        return load(artifact, List.of(task));
    }

    private static PictureModel load(ModelArtifact artifact, List<Task> tasks) throws ModelRejectedException {
        return new PictureModel(artifact.manifest(), LoadedNetwork.of(artifact, tasks, Map.of()));
    }

    @Override
    public ModelManifest manifest() {
        return manifest;
    }

    /** The pictures it learned from; it takes those of any size, with as many channels. */
    public InputShape shape() {
        return manifest.architecture().input();
    }

    /** How many times the sides of a picture become longer: 1 or 2. */
    public int factor() {
        return manifest.architecture().task() == Task.SUPER_RESOLVE ? 2 : 1;
    }

    /**
     * Makes pictures of pictures of one size.
     *
     * @param pictures {@code count} pictures one after another, each {@code channels × height × width} values in [0, 1]
     * @param height of a picture given, any
     * @param width of a picture given, any
     * @return as many, each {@code channels × factor·height × factor·width} values in [0, 1]
     */
    public float[] apply(float[] pictures, int count, int height, int width) {
        int channels = manifest.architecture().input().channels();
        try (NDManager manager = loaded.begin()) {
            NDArray input = manager.create(pictures, new Shape(count, channels, height, width));
            return loaded.network()
                    .forward(new ParameterStore(manager, false), new NDList(input), false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    /** Pictures at half their resolution, the means of 2×2 pixels: {@code n × C × 2h × 2w} to {@code n × C × h × w}. */
    public static NDArray halved(NDArray pictures) {
        return UpscalingNetwork.halved(pictures);
    }

    @Override
    public void close() {
        loaded.holder().close();
    }
}
