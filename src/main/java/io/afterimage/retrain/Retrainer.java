package io.afterimage.retrain;

import io.afterimage.config.Configuration;
import io.afterimage.config.KafkaSettings;
import io.afterimage.config.RetrainSettings;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.metrics.RetrainMetrics;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelEvents;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.registry.ModelsTopic;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;

/**
 * Keeps the model fresh. One thread follows the stream and decides when to learn; another one learns:
 *
 * <pre>
 *   images, scores ──► RecentStream ──┐
 *   operators      ──► Requests ──────┼─► Learner ─┬─► StreamWindow             what to learn from
 *   current model  ──► FollowedModel ─┘            └─► DriftDetector, ShiftRule when, and whether a shift is a new normal
 *   window ──► Round: CleanWindow ──► CandidateTraining ──► PromotionGate ──► Promoter ──► models topic
 * </pre>
 *
 * It keeps nothing that the topics do not have: after a start the window is read again, from as far back as configured. Brokers
 * that go away while it runs are waited for: it goes on where it was.
 */
public final class Retrainer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);
    private static final Duration ASK_EVERY = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    private final String name;
    private final ModelsTopic models;
    private final ModelEvents events;
    private final FollowedModel model;
    private final Requests requests;
    private final RecentStream recent;
    private final TrainingThread trainings;
    private final Learner learner;
    private final Outage outage;
    private long asked = System.nanoTime();
    private volatile String waitingFor = "the window is still being filled from the topics";

    /** Names of the topics it reads and writes. */
    public record Channels(String images, String scores, String models, String modelEvents) {}

    /**
     * Connects, and puts the first model on the models topic when there is none.
     *
     * @param initial what the service scores with until there is a model on the topic
     * @param golden what every candidate must do well on, besides recent images
     * @param signingKey for published models; needed when {@code signatures} demands one
     * @throws ModelRejectedException when the current model on the topic, or the initial one, cannot be used, or nobody would
     *     take what {@code signingKey} signs
     */
    public Retrainer(
            Configuration configuration,
            Channels channels,
            ModelArtifact initial,
            Optional<GoldenSet> golden,
            ModelSignatures signatures,
            Optional<PrivateKey> signingKey,
            RetrainMetrics metrics,
            Clock clock,
            String instance)
            throws ModelRejectedException {
        RetrainSettings settings = configuration.retrain();
        double alpha = configuration.service().alpha();
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(
                configuration.service().imageMaxBytes(), configuration.service().imageMaxPixels()));
        KafkaSettings kafka = configuration.kafka();
        this.name = initial.manifest().name();
        this.models = new ModelsTopic(kafka.forConsumer(), channels.models(), Optional.of(name), signatures);
        this.events = new ModelEvents(kafka.forProducer(), channels.modelEvents());
        Promoter promoter =
                new Promoter(kafka, channels, name, signatures, signingKey, settings.keep(), events, clock, instance);
        promoter.requireTrusted(initial);
        models.readToEnd(READ_WITHIN);
        if (models.current(name).isEmpty()) {
            promoter.first(initial);
        }
        this.model = new FollowedModel(models, name);
        this.requests = new Requests(kafka.forConsumer(), channels.modelEvents(), name);
        this.recent = new RecentStream(
                kafka.forConsumer(),
                configuration.service().applicationId() + "-retrain",
                channels.images(),
                channels.scores(),
                settings.windowAge(),
                clock);
        this.trainings = new TrainingThread(settings, alpha, golden, decoder, metrics, clock);
        this.learner = new Learner(
                settings, alpha, name, model, trainings, promoter, events, decoder, metrics, clock, instance);
        this.outage = new Outage(clock);
    }

    /** Name and version of the model in use. */
    public String model() {
        return name + " " + model.version();
    }

    /** Why it cannot do its work now, in one line; empty when it can. May be asked by any thread. */
    public Optional<String> waitingFor() {
        String why = waitingFor;
        return why.isEmpty() ? Optional.empty() : Optional.of(why);
    }

    /**
     * Follows the stream and learns until told to stop.
     *
     * @throws KafkaException when the brokers refuse for good, as without permission; not when they are away
     */
    public void run(BooleanSupplier stop) {
        while (!stop.getAsBoolean()) {
            try {
                step();
                outage.over();
                waitingFor = recent.caughtUp() ? "" : "the window is still being filled from the topics";
            } catch (KafkaException e) {
                Duration pause = outage.failed(e);
                waitingFor = outage.since()
                        .map(since -> "Kafka does not answer since " + since)
                        .orElse("");
                pause(pause, stop);
            }
        }
    }

    private void step() {
        askNowAndThen();
        recent.poll(POLL, learner::keep, learner::watch);
        if (model.follow()) {
            learner.modelChanged();
        }
        requests.poll().forEach(learner::asked);
        learner.act(recent.caughtUp());
    }

    /** A poll says nothing of brokers that are away: it just brings nothing. */
    private void askNowAndThen() {
        if (outage.since().isPresent() || System.nanoTime() - asked > ASK_EVERY.toNanos()) {
            models.requireAnswer(ANSWER_WITHIN);
            asked = System.nanoTime();
        }
    }

    private static void pause(Duration length, BooleanSupplier stop) {
        long end = System.nanoTime() + length.toNanos();
        while (!stop.getAsBoolean()
                && System.nanoTime() - end < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Math.min(POLL.toNanos(), end - System.nanoTime()));
        }
    }

    /** Gives up a training under way. */
    @Override
    public void close() {
        trainings.close();
        recent.close();
        requests.close();
        models.close();
        events.close();
    }
}
