package io.afterimage.cli;

import io.afterimage.model.CurrentModel;
import io.afterimage.registry.ModelEvents;
import io.afterimage.wire.ModelEvent;
import java.time.InstantSource;
import java.util.Map;

/** Says on the topic of model events what this instance does with the versions of a model. */
final class ModelNews {
    private final ModelEvents events;
    private final String name;
    private final CurrentModel<?> models;
    private final InstantSource clock;
    private final String instance;

    /** @param instance names this process in events */
    ModelNews(ModelEvents events, String name, CurrentModel<?> models, InstantSource clock, String instance) {
        this.events = events;
        this.name = name;
        this.models = models;
        this.clock = clock;
        this.instance = instance;
    }

    /** The version that this instance uses. */
    String current() {
        return models.manifest().version();
    }

    void tell(ModelEvent.Type type, String version, String reason) {
        tell(type, version, current(), reason);
    }

    void tell(ModelEvent.Type type, String version, String before, String reason) {
        events.publish(ModelEvent.of(type, name, version, before, reason, clock.instant(), Map.of(), instance));
    }
}
