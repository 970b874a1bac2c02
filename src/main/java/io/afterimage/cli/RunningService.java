package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.config.ConfigurationException;
import io.afterimage.config.ServiceSettings;
import io.afterimage.config.Setting;
import io.afterimage.health.Component;
import io.afterimage.health.Condition;
import io.afterimage.health.Health;
import io.afterimage.http.OperationsServer;
import io.afterimage.metrics.OperatorMeters;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ScoringModel;
import io.afterimage.process.ClockSetBackException;
import io.afterimage.process.ClockWatch;
import io.afterimage.stream.Backlog;
import io.afterimage.stream.ImageScorer;
import io.afterimage.stream.ScoringService;
import io.afterimage.stream.TopicAdministration;
import io.afterimage.stream.TopicAdministration.Description;
import io.afterimage.stream.Topics;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;

/** The scoring service with its model, meters and HTTP port, wired together. */
final class RunningService implements AutoCloseable {
    private final Topics topics;
    private final CurrentModel models;
    private final Challenger challenger;
    private final OperatorMeters meters;
    private final ModelFollowing following;
    private final Backlog backlog;
    private final ScoringService scoring;
    private final ClockWatch clock;
    private final OperationsServer http;

    private RunningService(
            Configuration configuration, CurrentModel models, Challenger challenger, OperatorMeters meters) {
        ServiceSettings settings = configuration.service();
        this.topics = new Topics(settings.topicsPrefix());
        this.models = models;
        this.challenger = challenger;
        this.meters = meters;
        ScoringMetrics metrics = new ScoringMetrics(meters.registry(), settings.alpha(), settings.metricsStreams());
        int deadLetterRoom = deadLetterRoom(configuration);
        String name = manifest().name();
        this.following = ModelFollowing.start(configuration, name, models, challenger, metrics);
        this.backlog = Backlog.measure(configuration, metrics);
        try {
            metrics.model(Models.inUse(manifest()));
            if (Models.isVersion(settings.challenger())) {
                enter(challenger, ModelFollowing.published(configuration, name, settings.challenger()), settings);
            }
            this.scoring = scoring(configuration, deadLetterRoom, metrics);
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
        try (CurrentModel.Lease lease = models.lease()) {
            return lease.model().manifest();
        }
    }

    /**
     * Checks the topics, loads the model and starts scoring; returns before the first image is scored.
     *
     * @throws ConfigurationException when a model was calibrated on too few images for the configured alpha
     * @throws CommandFailedException saying what to do when topics are missing or a model cannot be used
     */
    static RunningService start(Configuration configuration) {
        CurrentModel models =
                new CurrentModel(Models.load(configuration.service().model()), 0);
        Challenger challenger = new Challenger();
        OperatorMeters meters = new OperatorMeters();
        meters.describe("scoring", Version.current());
        try {
            try (CurrentModel.Lease lease = models.lease()) {
                requireSupports(lease.model(), configuration.service().alpha(), ServiceSettings.ALPHA);
            }
            enterChallenger(challenger, configuration.service());
            RunningService service = new RunningService(configuration, models, challenger, meters);
            service.scoring.start();
            meters.bind(service.scoring.streams());
            return service;
        } catch (RuntimeException e) {
            meters.close();
            challenger.close();
            models.close();
            throw e;
        }
    }

    /** What can be refused without Kafka is refused before anything starts. */
    private static void enterChallenger(Challenger challenger, ServiceSettings settings) {
        if (!settings.challenger().isEmpty() && !Models.isVersion(settings.challenger())) {
            enter(challenger, Models.load(settings.challenger()), settings);
        }
    }

    private static void enter(Challenger challenger, ScoringModel model, ServiceSettings settings) {
        challenger.enter(model);
        requireSupports(model, settings.alpha(), ServiceSettings.CHALLENGER);
    }

    private ScoringService scoring(Configuration configuration, int deadLetterRoom, ScoringMetrics metrics) {
        ImageScorer scorer = ImageScorer.of(configuration.service(), models, challenger, metrics);
        return new ScoringService(
                configuration,
                scorer::score,
                ScoringService.Batching.LOOK_AHEAD,
                deadLetterRoom,
                metrics,
                following::catchUp);
    }

    private static void requireSupports(ScoringModel model, double alpha, Setting<?> setting) {
        try {
            model.calibration().requireSupports(alpha);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(List.of(setting.property() + ": " + e.getMessage()));
        }
    }

    /** The bytes a dead letter may have; asking also finds out whether the topics exist. */
    private int deadLetterRoom(Configuration configuration) {
        try (Admin admin = Admin.create(configuration.kafka().forAdmin())) {
            List<Description> descriptions = new TopicAdministration(admin, topics).describe();
            List<String> missing = descriptions.stream()
                    .filter(topic -> !topic.exists())
                    .map(Description::topic)
                    .toList();
            if (!missing.isEmpty()) {
                throw new CommandFailedException("Topics are missing: " + String.join(", ", missing)
                        + ". `afterimage topics create` makes them");
            }
            return descriptions.stream()
                    .filter(topic -> topic.topic().equals(topics.deadLetters()))
                    .map(topic -> topic.settings().get("max.message.bytes"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElseThrow();
        }
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
        challenger.close();
        models.close();
    }
}
