package io.afterimage.retrain;

import java.util.List;

/**
 * Frozen images that every model must keep handling well, whatever the stream does.
 *
 * @param normal images that are normal
 * @param anomalous images that are not; may be empty
 */
public record GoldenSet(List<float[]> normal, List<float[]> anomalous) {
    public GoldenSet {
        normal = List.copyOf(normal);
        anomalous = List.copyOf(anomalous);
        if (normal.isEmpty()) {
            throw new IllegalArgumentException("a golden set needs normal images");
        }
    }
}
