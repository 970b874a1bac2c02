package io.afterimage.registry;

import io.afterimage.model.ModelRejectedException;
import io.afterimage.wire.ChallengerPointer;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the challenger's pointer of one model. Nothing that happens here reaches the champion: what cannot be used or read is
 * reported, and then nobody scores along. For the thread of the watcher.
 */
final class ShadowFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ShadowFollower.class);

    private final ModelsTopic topic;
    private final String name;
    private final ChallengerListener listener;
    private Optional<String> entered = Optional.empty();
    private @Nullable Attempt lastAttempt;
    private boolean unread;

    private record Attempt(ChallengerPointer pointer, long newestPart) {}

    ShadowFollower(ModelsTopic topic, String name, ChallengerListener listener) {
        this.topic = topic;
        this.name = name;
        this.listener = listener;
    }

    /** Brings the listener to where the topic is. */
    void follow() {
        Optional<ChallengerPointer> wanted = topic.challenger(name);
        Optional<String> version = wanted.map(ChallengerPointer::version);
        if (version.equals(entered)) {
            return;
        }
        if (wanted.isEmpty()) {
            leave();
            LOG.info("Model {} has no challenger any more", name);
            return;
        }
        Attempt attempt = new Attempt(wanted.get(), topic.changed(name, version.get()));
        if (!attempt.equals(lastAttempt)) {
            enter(version.get(), attempt);
        }
    }

    private void enter(String version, Attempt attempt) {
        try {
            listener.onChallenger(topic.load(name, version));
            entered = Optional.of(version);
            LOG.info("Version {} of model {} scores along from now on", version, name);
        } catch (ModelRejectedException e) {
            reject(version, e);
        } catch (KafkaException e) {
            // Not the champion's concern, whose next version must not wait for it.
            if (!unread) {
                unread = true;
                LOG.warn("Cannot read the challenger {} of model {}; this is tried again", version, name, e);
            }
            return;
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            reject(version, e);
        }
        unread = false;
        lastAttempt = attempt;
    }

    private void reject(String version, Throwable why) {
        String reason = Reasons.oneLine(why);
        LOG.warn("Challenger {} of model {} is not used: {}", version, name, reason, why);
        leave();
        try {
            listener.onChallengerRejected(version, reason);
        } catch (RuntimeException e) {
            LOG.error("Could not report that challenger {} of model {} is not used", version, name, e);
        }
    }

    private void leave() {
        entered = Optional.empty();
        try {
            listener.onNoChallenger();
        } catch (RuntimeException e) {
            LOG.error("The challenger of model {} could not be closed", name, e);
        }
    }
}
