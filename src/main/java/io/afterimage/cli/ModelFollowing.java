package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.config.ServiceSettings;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.registry.ChallengerListener;
import io.afterimage.registry.ModelEvents;
import io.afterimage.registry.ModelWatcher;
import io.afterimage.registry.ModelsTopic;
import io.afterimage.stream.Topics;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the champion, and the challenger unless one is configured, at what the models topic says. */
final class ModelFollowing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFollowing.class);
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);

    private final ModelEvents events;
    private final ModelWatcher watcher;

    private ModelFollowing(ModelEvents events, ModelWatcher watcher) {
        this.events = events;
        this.watcher = watcher;
    }

    /**
     * Begins; returns when the models that the topic names now are in service.
     *
     * @param name of the model to follow
     * @throws CommandFailedException when the topic cannot be read
     */
    static ModelFollowing start(
            Configuration configuration,
            String name,
            CurrentModel champion,
            Challenger challenger,
            ScoringMetrics metrics) {
        ServiceSettings settings = configuration.service();
        ModelFit fit = new ModelFit(settings.alpha(), settings.batchSize());
        String instance = ManagementFactory.getRuntimeMXBean().getName();
        ModelEvents events = new ModelEvents(
                configuration.kafka().forProducer(),
                KafkaOptions.topics(configuration).modelEvents());
        ModelNews news = new ModelNews(events, name, champion, Clock.systemUTC(), instance);
        Optional<ChallengerListener> challengers = settings.challenger().isEmpty()
                ? Optional.of(new ChallengerTakeover(challenger, fit, metrics, news))
                : Optional.empty();
        ModelWatcher watcher = new ModelWatcher(
                topic(configuration, name), name, new ModelTakeover(champion, fit, metrics, news), challengers);
        metrics.bindModelsTopicAway(watcher::away);
        ModelFollowing following = new ModelFollowing(events, watcher);
        try {
            watcher.startUp(READ_WITHIN);
            return following;
        } catch (KafkaException e) {
            following.close();
            throw new CommandFailedException("The models topic cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            following.close();
            Thread.currentThread().interrupt();
            throw new CommandFailedException("Interrupted while reading the models topic", e);
        }
    }

    /**
     * A version on the models topic, as a model.
     *
     * @throws CommandFailedException when it cannot be used
     */
    static ScoringModel published(Configuration configuration, String name, String version) {
        try (ModelsTopic topic = topic(configuration, name)) {
            topic.readToEnd(READ_WITHIN);
            return ScoringModel.load(topic.load(name, version));
        } catch (ModelRejectedException | KafkaException e) {
            throw new CommandFailedException("Challenger %s cannot be used: %s".formatted(version, e.getMessage()), e);
        }
    }

    private static ModelsTopic topic(Configuration configuration, String name) {
        Topics topics = KafkaOptions.topics(configuration);
        return new ModelsTopic(
                configuration.kafka().forConsumer(),
                topics.models(),
                Optional.of(name),
                Models.keys(configuration.service()));
    }

    /** Before an image of a partition is scored that another instance may have had: its model may be newer. */
    void catchUp() {
        try {
            watcher.awaitLatest(READ_WITHIN);
        } catch (KafkaException e) {
            LOG.warn("Took over a partition without knowing whether there is a newer model", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        watcher.close();
        events.close();
    }
}
