package io.afterimage.retrain;

/**
 * What became of the images given to a window.
 *
 * @param seen images given, repeats not counted
 * @param kept images held now
 * @param bytes memory held now, by {@link WindowImage#bytes}
 * @param streams streams held now
 * @param repeated images given that had been seen before
 * @param tooLarge images that alone exceed the bytes of half a window; counted in {@code seen} too
 * @param droppedStreams streams forgotten because more recent ones came, once for each time
 */
public record WindowCounts(
        long seen, int kept, long bytes, int streams, long repeated, long tooLarge, long droppedStreams) {}
