package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.config.ServiceSettings;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.LoadedModel;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.model.Task;
import io.afterimage.registry.ChallengerListener;
import io.afterimage.registry.ModelEvents;
import io.afterimage.registry.ModelWatcher;
import io.afterimage.registry.ModelsTopic;
import io.afterimage.stream.ServedModels;
import io.afterimage.stream.Topics;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the models of the service, and the challenger unless one is configured, at what the models topic says. */
final class ModelFollowing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFollowing.class);
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);

    private final Configuration configuration;
    private final ScoringMetrics metrics;
    private final ModelEvents events;
    private final List<ModelWatcher> watchers = new ArrayList<>();

    private ModelFollowing(Configuration configuration, ScoringMetrics metrics) {
        this.configuration = configuration;
        this.metrics = metrics;
        this.events = new ModelEvents(
                configuration.kafka().forProducer(),
                KafkaOptions.topics(configuration).modelEvents());
    }

    /**
     * Begins to follow each model by its name; returns when the versions that the topic names now are in service.
     *
     * @throws CommandFailedException when the topic cannot be read
     */
    static ModelFollowing start(Configuration configuration, ServedModels models, ScoringMetrics metrics) {
        ModelFollowing following = new ModelFollowing(configuration, metrics);
        try {
            following.followScoring(models);
            models.denoising().ifPresent(model -> following.follow(model, ModelLoading.pictures(Task.DENOISE)));
            models.upscaling().ifPresent(model -> following.follow(model, ModelLoading.pictures(Task.SUPER_RESOLVE)));
            models.generating().ifPresent(model -> following.follow(model, ModelLoading.newPictures()));
            metrics.bindModelsTopicAway(following::away);
            for (ModelWatcher watcher : following.watchers) {
                watcher.startUp(READ_WITHIN);
            }
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

    private void followScoring(ServedModels models) {
        ServiceSettings settings = configuration.service();
        ModelFit fit = new ModelFit(settings.alpha(), settings.batchSize());
        Function<ModelNews, Optional<ChallengerListener>> challengers =
                news -> settings.challenger().isEmpty()
                        ? Optional.of(new ChallengerTakeover(models.challenger(), fit, metrics, news))
                        : Optional.empty();
        follow(models.scoring(), fit::load, manifest -> metrics.swapped(Models.inUse(manifest)), challengers);
    }

    private <M extends LoadedModel> void follow(CurrentModel<M> model, ModelLoading<M> loading) {
        Consumer<ModelManifest> taken = now -> metrics.tasks().model(now.task(), now.name(), now.version());
        taken.accept(model.manifest());
        follow(model, loading, taken, news -> Optional.empty());
    }

    private <M extends LoadedModel> void follow(
            CurrentModel<M> model,
            ModelLoading<M> loading,
            Consumer<ModelManifest> taken,
            Function<ModelNews, Optional<ChallengerListener>> challengers) {
        String name = model.manifest().name();
        String instance = ManagementFactory.getRuntimeMXBean().getName();
        ModelNews news = new ModelNews(events, name, model, Clock.systemUTC(), instance);
        watchers.add(new ModelWatcher(
                topic(configuration, name),
                name,
                new ModelTakeover<>(model, loading, taken, metrics, news),
                challengers.apply(news)));
    }

    /** For how long the topic has not answered one of those who read it. */
    private Duration away() {
        return watchers.stream().map(ModelWatcher::away).reduce(Duration.ZERO, (a, b) -> a.compareTo(b) < 0 ? b : a);
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

    /** Before an image of a partition is scored that another instance may have had: its models may be newer. */
    void catchUp() {
        try {
            ModelWatcher.awaitLatest(watchers, READ_WITHIN);
        } catch (KafkaException e) {
            LOG.warn("Took over a partition without knowing whether there is a newer model", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        watchers.forEach(ModelWatcher::close);
        events.close();
    }
}
