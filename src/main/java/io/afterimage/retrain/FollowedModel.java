package io.afterimage.retrain;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.Current;
import io.afterimage.registry.ModelsTopic;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model that is current, with its weights. One that cannot be used leaves the former in place and is tried again when the
 * pointer moves or another part of it arrives, as the instances do. For one thread; throws {@link
 * org.apache.kafka.common.KafkaException} when the brokers do not answer.
 */
final class FollowedModel {
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(FollowedModel.class);

    private final ModelsTopic topic;
    private final String name;
    private ModelArtifact artifact;
    private @Nullable Attempt rejected;

    /**
     * What was tried in vain.
     *
     * @param pointer offset of the pointer that named it
     * @param newestPart offset of the newest record of that version
     */
    private record Attempt(long pointer, long newestPart) {}

    /** @throws ModelRejectedException when the current model cannot be used, or there is none */
    FollowedModel(ModelsTopic topic, String name) throws ModelRejectedException {
        this.topic = topic;
        this.name = name;
        topic.readToEnd(READ_WITHIN);
        Current current = topic.current(name)
                .orElseThrow(() -> new ModelRejectedException("no version of model %s is current".formatted(name)));
        this.artifact = topic.load(name, current.version());
    }

    ModelArtifact artifact() {
        return artifact;
    }

    String version() {
        return artifact.manifest().version();
    }

    /** Takes in what is new. Returns whether the model is another one now. */
    boolean follow() {
        topic.refresh(Duration.ZERO);
        return takeCurrent();
    }

    /** As {@link #follow}, when everything that is committed at the time of the call was read. */
    boolean followToEnd() {
        topic.readToEnd(READ_WITHIN);
        return takeCurrent();
    }

    private boolean takeCurrent() {
        Optional<Current> found = topic.current(name);
        if (found.isEmpty() || found.get().version().equals(version())) {
            return false;
        }
        String version = found.get().version();
        Attempt attempt = new Attempt(found.get().offset(), topic.changed(name, version));
        if (attempt.equals(rejected)) {
            return false;
        }
        try {
            artifact = topic.load(name, version);
            rejected = null;
            LOG.info("The current model is {} from now on", version);
            return true;
        } catch (ModelRejectedException e) {
            rejected = attempt;
            LOG.warn("Model {} is current but cannot be used; learning goes on from {}", version, version(), e);
            return false;
        }
    }
}
