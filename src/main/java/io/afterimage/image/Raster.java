package io.afterimage.image;

/**
 * A decoded image: 8-bit samples, row by row, the channels of a pixel side by side.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param samples {@code height · width · channels} bytes, unsigned; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // a raster is a view of pixels on the hot path, never a key
public record Raster(int width, int height, int channels, byte[] samples) {
    public Raster {
        if (width < 1 || height < 1 || (channels != 1 && channels != 3)) {
            throw new IllegalArgumentException(
                    "no raster of %dx%d with %d channels".formatted(width, height, channels));
        }
        if (samples.length != Math.multiplyExact(Math.multiplyExact(width, height), channels)) {
            throw new IllegalArgumentException(
                    "%d samples for %dx%dx%d".formatted(samples.length, width, height, channels));
        }
    }
}
