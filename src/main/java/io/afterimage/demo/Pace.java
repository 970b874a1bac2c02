package io.afterimage.demo;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A steady rate, by the clock: who was late catches up. For one thread.
 *
 * <p>The wait is cut into slices, so that a stop is noticed within {@value #SLICE_MILLIS} ms.
 */
public final class Pace {
    private static final int SLICE_MILLIS = 50;

    private final double perSecond;
    private final long start = System.nanoTime();
    private long count;

    /** @param perSecond positive; infinity never waits */
    public Pace(double perSecond) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("a rate must be positive, not " + perSecond);
        }
        this.perSecond = perSecond;
    }

    /**
     * Waits until the next one is due, or until it shall stop.
     *
     * @return whether to go on
     */
    public boolean next(BooleanSupplier stop) {
        long due = start + (long) (count++ / perSecond * TimeUnit.SECONDS.toNanos(1));
        while (!stop.getAsBoolean()) {
            long left = due - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(SLICE_MILLIS)));
        }
        return false;
    }
}
