package io.afterimage.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Images one after another in an array, as an engine takes them. */
public final class ImageBatch {
    private ImageBatch() {}

    /** Images of one length, at least one, in their order. */
    public static float[] join(List<float[]> images) {
        int size = images.get(0).length;
        float[] joined = new float[Math.multiplyExact(images.size(), size)];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i), 0, joined, i * size, size);
        }
        return joined;
    }

    /** The {@code count} images of a batch. */
    public static List<float[]> split(float[] batch, int count) {
        int size = batch.length / count;
        List<float[]> images = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            images.add(Arrays.copyOfRange(batch, i * size, (i + 1) * size));
        }
        return images;
    }
}
