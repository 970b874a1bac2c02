package io.afterimage.image;

import java.util.List;

/** Pictures side by side in one. */
public final class Mosaic {
    private Mosaic() {}

    /**
     * Lays pictures of one shape out row by row; what remains of the last row is black.
     *
     * @param pictures at least one, each {@code shape.size()} values in [0, 1]
     * @param columns pictures in a row, at least 1
     */
    public static Raster of(List<float[]> pictures, InputShape shape, int columns) {
        int rows = (pictures.size() + columns - 1) / columns;
        int bytes = shape.width() * shape.channels();
        int stride = Math.multiplyExact(columns, bytes);
        byte[] samples = new byte[Math.multiplyExact(rows * shape.height(), stride)];
        for (int i = 0; i < pictures.size(); i++) {
            byte[] picture = InputTensor.read(pictures.get(i), 0, shape).samples();
            int corner = i / columns * shape.height() * stride + i % columns * bytes;
            for (int y = 0; y < shape.height(); y++) {
                System.arraycopy(picture, y * bytes, samples, corner + y * stride, bytes);
            }
        }
        return new Raster(columns * shape.width(), rows * shape.height(), shape.channels(), samples);
    }
}
