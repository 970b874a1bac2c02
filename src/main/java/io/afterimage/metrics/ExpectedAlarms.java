package io.afterimage.metrics;

import io.afterimage.score.AlarmCount;

/**
 * The alarm rates that a right calibration gives among so many normal images. Computed when the number of images has changed,
 * which ends when the window of {@link AlarmRate} is full. Thread-safe.
 */
final class ExpectedAlarms {
    /** A right calibration is outside, on either side together, with at most this probability. */
    static final double CHANCE = 1e-4;

    private final AlarmCount count;
    private Bounds bounds = new Bounds(0, Double.NaN, Double.NaN);

    /** Both in [0, 1]; NaN without images. */
    record Bounds(int images, double lowest, double highest) {}

    ExpectedAlarms(AlarmCount count) {
        this.count = count;
    }

    synchronized Bounds of(int images) {
        if (images != bounds.images()) {
            bounds = new Bounds(
                    images,
                    (double) count.fewest(images, CHANCE / 2) / images,
                    (double) count.most(images, CHANCE / 2) / images);
        }
        return bounds;
    }
}
