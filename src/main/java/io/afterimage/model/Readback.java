package io.afterimage.model;

import ai.djl.ndarray.NDArray;

/**
 * Copies numbers out of the engine into an array that is used again: arrays of the size of a batch are dear to a garbage
 * collector when there are hundreds a second. One instance per thread and purpose.
 */
final class Readback {
    private float[] values = new float[0];

    /** The numbers of {@code array}, row by row, from index 0; what lies behind is left over. Valid until the next call. */
    float[] of(NDArray array) {
        int count = Math.toIntExact(array.size());
        if (values.length < count) {
            values = new float[count];
        }
        array.toByteBuffer(true).asFloatBuffer().get(values, 0, count);
        return values;
    }
}
