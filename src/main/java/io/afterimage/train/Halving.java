package io.afterimage.train;

import io.afterimage.image.InputShape;

/** Pictures at half their resolution. */
public final class Halving {
    private Halving() {}

    /** A picture without its last row or column where their number is odd. */
    public static float[] even(float[] picture, InputShape shape) {
        int height = shape.height() / 2 * 2;
        int width = shape.width() / 2 * 2;
        float[] even = new float[shape.channels() * height * width];
        for (int row = 0; row < shape.channels() * height; row++) {
            int from = (row / height * shape.height() + row % height) * shape.width();
            System.arraycopy(picture, from, even, row * width, width);
        }
        return even;
    }

    /** The means of 2×2 pixels of a picture with even sides: {@code channels × height/2 × width/2} values. */
    public static float[] of(float[] picture, InputShape shape) {
        int height = shape.height() / 2;
        int width = shape.width() / 2;
        float[] half = new float[shape.channels() * height * width];
        for (int i = 0; i < half.length; i++) {
            int at = i / width * 2 * shape.width() + i % width * 2;
            half[i] =
                    (picture[at] + picture[at + 1] + picture[at + shape.width()] + picture[at + shape.width() + 1]) / 4;
        }
        return half;
    }
}
