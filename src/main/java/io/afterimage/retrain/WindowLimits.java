package io.afterimage.retrain;

/**
 * What a window may hold. All limits hold at once, after every image.
 *
 * @param images of all streams together
 * @param bytes of all streams together, counted by {@link WindowImage#bytes}
 * @param imagesPerStream of one stream
 * @param bytesPerStream of one stream
 * @param streams number of streams remembered
 */
public record WindowLimits(int images, long bytes, int imagesPerStream, long bytesPerStream, int streams) {
    /** 4,000 images and 64 MiB in all, which one stream alone may fill; 1,000 streams. */
    public static final WindowLimits DEFAULT = new WindowLimits(4_000, 64 << 20, 4_000, 64 << 20, 1_000);

    public WindowLimits {
        if (images < 2 || imagesPerStream < 2 || bytes < 1 || bytesPerStream < 1 || streams < 1) {
            throw new IllegalArgumentException(
                    "a window holds at least 2 images, 2 of a stream, 1 byte and 1 stream, not %d, %d, %d (%d of a stream), %d"
                            .formatted(images, imagesPerStream, bytes, bytesPerStream, streams));
        }
    }
}
