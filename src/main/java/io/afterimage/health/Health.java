package io.afterimage.health;

import io.afterimage.health.Condition.Healthy;
import io.afterimage.health.Condition.Unhealthy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The health of the service: that of its components.
 *
 * <p>Ready means that all components are healthy. Alive means that none needs a restart: a service that waits for its
 * broker or model is alive and not ready.
 *
 * @param components in the order of the report
 */
public record Health(List<Component> components) {
    public Health {
        components = List.copyOf(components);
    }

    /** Asks every component once. */
    public Report report() {
        var conditions = new LinkedHashMap<String, Condition>();
        components.forEach(component -> conditions.put(component.name(), component.check()));
        return new Report(conditions);
    }

    /**
     * What the components said at one moment.
     *
     * @param conditions by component name
     */
    public record Report(Map<String, Condition> conditions) {
        /** Whether to send work. */
        public boolean isReady() {
            return conditions.values().stream().allMatch(Healthy.class::isInstance);
        }

        /** Whether to let the process run. */
        public boolean isAlive() {
            return conditions.values().stream()
                    .noneMatch(condition -> condition instanceof Unhealthy unhealthy && !unhealthy.recoverable());
        }
    }
}
