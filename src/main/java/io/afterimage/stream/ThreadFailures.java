package io.afterimage.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Tells a passing fault, after which a stream thread is replaced, from one that comes back every time. */
final class ThreadFailures {
    private static final int TOLERATED = 5;
    private static final long PERIOD = Duration.ofMinutes(1).toNanos();

    private final Deque<Long> times = new ArrayDeque<>();

    /** Notes a failure; whether more than {@value #TOLERATED} happened within a minute. */
    synchronized boolean tooMany(long nanoTime) {
        times.add(nanoTime);
        while (nanoTime - times.getFirst() > PERIOD) {
            times.remove();
        }
        return times.size() > TOLERATED;
    }
}
