package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.config.ConfigurationException;
import io.afterimage.config.ServiceSettings;
import io.afterimage.health.Component;
import io.afterimage.health.Condition;
import io.afterimage.health.Health;
import io.afterimage.http.OperationsServer;
import io.afterimage.metrics.OperatorMeters;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.ModelManifest;
import io.afterimage.process.ClockSetBackException;
import io.afterimage.process.ClockWatch;
import io.afterimage.stream.Backlog;
import io.afterimage.stream.ImageScorer;
import io.afterimage.stream.PictureGenerator;
import io.afterimage.stream.ScoringService;
import io.afterimage.stream.ServedModels;
import io.afterimage.stream.Topics;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The scoring service with its model, meters and HTTP port, wired together. */
final class RunningService implements AutoCloseable {
    private final Topics topics;
    private final ServedModels models;
    private final OperatorMeters meters;
    private final ModelFollowing following;
    private final Backlog backlog;
    private final ScoringService scoring;
    private final ClockWatch clock;
    private final OperationsServer http;

    private RunningService(Configuration configuration, ServedModels models, OperatorMeters meters) {
        ServiceSettings settings = configuration.service();
        this.topics = new Topics(settings.topicsPrefix());
        this.models = models;
        this.meters = meters;
        ScoringMetrics metrics = new ScoringMetrics(meters.registry(), settings.alpha(), settings.metricsStreams());
        TopicLimits limits = TopicLimits.read(configuration);
        this.following = ModelFollowing.start(configuration, models, metrics);
        this.backlog = Backlog.measure(configuration, metrics);
        try {
            metrics.model(Models.inUse(manifest()));
            if (Models.isVersion(settings.challenger())) {
                ServiceModels.enter(
                        models.challenger(),
                        ModelFollowing.published(configuration, manifest().name(), settings.challenger()),
                        settings);
            }
            this.scoring = scoring(configuration, limits, metrics);
        } catch (RuntimeException e) {
            backlog.close();
            following.close();
            throw e;
        }
        this.clock = ClockWatch.start(why -> scoring.fail(new ClockSetBackException(why)));
        try {
            this.http = OperationsServer.start(settings.httpHost(), settings.httpPort(), meters.registry(), health());
        } catch (RuntimeException e) {
            clock.close();
            scoring.close();
            backlog.close();
            following.close();
            throw e;
        }
    }

    private ModelManifest manifest() {
        return models.scoring().manifest();
    }

    /**
     * Checks the topics, loads the model and starts scoring; returns before the first image is scored.
     *
     * @throws ConfigurationException when a model was calibrated on too few images for the configured alpha
     * @throws CommandFailedException saying what to do when topics are missing or a model cannot be used
     */
    static RunningService start(Configuration configuration) {
        ServedModels models = ServiceModels.load(configuration.service());
        OperatorMeters meters = new OperatorMeters();
        meters.describe("scoring", Version.current());
        try {
            RunningService service = new RunningService(configuration, models, meters);
            service.scoring.start();
            meters.bind(service.scoring.streams());
            return service;
        } catch (RuntimeException e) {
            meters.close();
            models.close();
            throw e;
        }
    }

    private ScoringService scoring(Configuration configuration, TopicLimits limits, ScoringMetrics metrics) {
        ImageScorer scorer = ImageScorer.of(configuration.service(), models, limits.upscaled(), metrics);
        return new ScoringService(
                configuration,
                scorer::score,
                ScoringService.Batching.LOOK_AHEAD,
                limits.deadLetters(),
                metrics,
                following::catchUp,
                models.generating()
                        .map(model ->
                                PictureGenerator.of(configuration.service(), model, limits.generated(), metrics)));
    }

    /** No component for the model: it is loaded before the port opens, and a check that cannot fail says nothing. */
    private Health health() {
        return new Health(List.of(new Component(
                "streams",
                () -> scoring.broken()
                        .<Condition>map(why -> new Condition.Unhealthy(why, false))
                        .or(() -> scoring.notReady().map(why -> new Condition.Unhealthy(why, true)))
                        .orElse(Condition.HEALTHY))));
    }

    /** Whether images are being scored. */
    boolean ready() {
        return scoring.notReady().isEmpty();
    }

    /** Completed with the cause when the service has ended by itself. */
    CompletionStage<Throwable> failure() {
        return scoring.failure();
    }

    Topics topics() {
        return topics;
    }

    /** Name and version of the model. */
    String model() {
        return manifest().name() + " " + manifest().version();
    }

    int port() {
        return http.port();
    }

    /** Finishes the image at hand, then takes everything down in reverse order. */
    @Override
    public void close() {
        http.close();
        clock.close();
        scoring.close();
        backlog.close();
        following.close();
        meters.close();
        models.close();
    }
}
