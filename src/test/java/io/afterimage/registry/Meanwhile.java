package io.afterimage.registry;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A clock that lets something else happen the first time it is asked: a publisher asks it in the middle of its transaction. */
public final class Meanwhile extends Clock {
    private final Clock clock = Clock.systemUTC();
    private @Nullable Callable<?> once;

    public Meanwhile(Callable<?> once) {
        this.once = once;
    }

    @Override
    public Instant instant() {
        Callable<?> due = once;
        once = null;
        if (due != null) {
            try {
                due.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        return clock.instant();
    }

    @Override
    public ZoneId getZone() {
        return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return clock.withZone(zone);
    }
}
