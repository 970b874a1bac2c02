package io.afterimage.image;

/**
 * What an image may cost. Both limits hold before memory is taken: the first for what is read, the second for what the
 * header announces.
 *
 * @param maxBytes encoded bytes, at least 1
 * @param maxPixels width × height, at least 1
 */
public record ImageLimits(int maxBytes, long maxPixels) {
    /** No side may be longer, whatever the number of pixels: one row must stay small. JPEG and GIF cannot exceed it. */
    public static final int MAX_SIDE = 65_535;

    /** 8 MiB and 40 megapixels. */
    public static final ImageLimits DEFAULT = new ImageLimits(8 << 20, 40_000_000);

    /** A JVM array holds three samples per pixel of no more than this. */
    private static final long MOST_PIXELS = 700_000_000;

    public ImageLimits {
        if (maxBytes < 1 || maxBytes == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("maxBytes must be at least 1 and below 2 GiB, not " + maxBytes);
        }
        if (maxPixels < 1 || maxPixels > MOST_PIXELS) {
            throw new IllegalArgumentException(
                    "maxPixels must be within 1..%d, not %d".formatted(MOST_PIXELS, maxPixels));
        }
    }

    /** Called with the sides that a header announces, before a pixel is decoded. */
    void admit(long width, long height) throws ImageRejectedException {
        if (width < 1 || height < 1) {
            throw new ImageRejectedException(Rejection.UNREADABLE, "the header announces no pixels");
        }
        if (width > MAX_SIDE || height > MAX_SIDE || width * height > maxPixels) {
            throw new ImageRejectedException(
                    Rejection.TOO_MANY_PIXELS,
                    "%dx%d pixels announced, at most %d allowed and %d per side"
                            .formatted(width, height, maxPixels, MAX_SIDE));
        }
    }
}
