package io.afterimage.health;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of the service whose state matters to those who send it work.
 *
 * @param name lower case, for people and machines
 * @param condition asked at every check, on the thread of the request, so it must answer at once
 */
public record Component(String name, Supplier<? extends Condition> condition) {
    private static final Logger LOG = LoggerFactory.getLogger(Component.class);

    /** The present condition. A check that fails says nothing about the component, so it counts as recoverable. */
    public Condition check() {
        try {
            return condition.get();
        } catch (RuntimeException e) {
            LOG.warn("The health check of {} failed", name, e);
            return new Condition.Unhealthy("the check failed: " + e.getClass().getSimpleName(), true);
        }
    }
}
