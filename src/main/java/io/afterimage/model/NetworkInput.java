package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.afterimage.image.InputShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The pictures that go through the network for a batch of images: all full pictures first, then, for a masked recipe, each
 * image with one half of a 4×4 checkerboard blanked, then with the other half. The memory is direct and reused, so that the
 * engine reads it in place; one instance per thread.
 */
final class NetworkInput {
    private static final int CELL = 4;

    private final InputShape shape;
    private final boolean[] keptByFirstMask;
    private final boolean masked;
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    private final float[] scratch;

    NetworkInput(InputShape shape, boolean masked) {
        this.shape = shape;
        this.masked = masked;
        this.scratch = new float[shape.size()];
        this.keptByFirstMask = new boolean[shape.size()];
        for (int i = 0; i < keptByFirstMask.length; i++) {
            int x = i % shape.width();
            int y = i / shape.width() % shape.height();
            keptByFirstMask[i] = (x / CELL + y / CELL) % 2 == 0;
        }
    }

    /** The pictures of {@code count} images, {@code passes·count × C × H × W}; valid until the next call. */
    NDArray fill(NDManager manager, float[] images, int count) {
        int size = shape.size();
        int pictures = masked ? 3 * count : count;
        int bytes = Math.multiplyExact(pictures, size * Float.BYTES);
        if (memory.capacity() < bytes) {
            memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        memory.clear();
        FloatBuffer out = memory.asFloatBuffer();
        out.put(images, 0, count * size);
        if (masked) {
            putMasked(out, images, count, true);
            putMasked(out, images, count, false);
        }
        memory.limit(bytes);
        return manager.create(
                memory, new Shape(pictures, shape.channels(), shape.height(), shape.width()), DataType.FLOAT32);
    }

    private void putMasked(FloatBuffer out, float[] images, int count, boolean first) {
        int size = shape.size();
        for (int n = 0; n < count; n++) {
            for (int i = 0; i < size; i++) {
                scratch[i] = keptByFirstMask[i] == first ? images[n * size + i] : 0;
            }
            out.put(scratch);
        }
    }
}
