package io.afterimage.health;

/** How a component is at the moment of asking. */
public sealed interface Condition {
    Condition HEALTHY = new Healthy();

    /** It does its work. */
    record Healthy() implements Condition {}

    /**
     * It does not do its work.
     *
     * @param why one line for an operator
     * @param recoverable true when waiting may mend it (a broker that is away, a model that is loading): do not send
     *     work, but do not restart the process either; false when only a restart helps
     */
    record Unhealthy(String why, boolean recoverable) implements Condition {}
}
