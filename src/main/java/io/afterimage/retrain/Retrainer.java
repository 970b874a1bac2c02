package io.afterimage.retrain;

import io.afterimage.config.Configuration;
import io.afterimage.config.KafkaSettings;
import io.afterimage.config.RetrainSettings;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.metrics.RetrainMetrics;
import io.afterimage.metrics.RetrainMetrics.Result;
import io.afterimage.metrics.RetrainMetrics.Shift;
import io.afterimage.metrics.RetrainMetrics.Trigger;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.registry.Current;
import io.afterimage.registry.ModelEvents;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.registry.ModelsTopic;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.TrainingDeadline;
import io.afterimage.train.TrainingStep;
import io.afterimage.wire.ModelEvent;
import io.afterimage.wire.ScoreEvent;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the model fresh. One thread follows the stream and decides when to learn; another one learns:
 *
 * <pre>
 *   images, scores ──► RecentStream ──┬─► StreamWindow            what to learn from
 *                                     └─► DriftDetector, ShiftRule when, and whether a shift is a new normal
 *   window ──► Round: CleanWindow ──► CandidateTraining ──► PromotionGate ──► Promoter ──► models topic
 * </pre>
 *
 * It keeps nothing that the topics do not have: after a start the window is read again, from as far back as configured.
 */
public final class Retrainer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);
    private static final int MOST_STREAMS = 10_000;
    /** The same window gives the same model. */
    private static final long SEED = 42;
    /** A warm start takes this part of the epochs. */
    private static final int WARM_SHARE = 3;

    private static final int MOST_MEMORY = 6_000;

    private static final double LEAST_DISTANCE = DriftDetector.Parameters.DEFAULT.leastDistance();
    /** A stream is judged in smaller blocks than all streams together. */
    private static final int BLOCK_SHARE = 4;

    private static final int FEWEST_OF_A_STREAM = 100;
    private static final Logger LOG = LoggerFactory.getLogger(Retrainer.class);

    private final RetrainSettings settings;
    private final double alpha;
    private final String name;
    private final Optional<GoldenSet> golden;
    private final Clock clock;
    private final RetrainMetrics metrics;
    private final String instance;
    private final ImageDecoder decoder;
    private final StreamWindow window;
    private final ModelsTopic models;
    private final ModelEvents events;
    private final Promoter promoter;
    private final RecentStream recent;
    private final Requests requests;
    private final ExecutorService learning = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "afterimage-learning");
        thread.setDaemon(true);
        return thread;
    });

    private ModelArtifact current;
    private ShiftWatch shift;
    private Instant lastEnd;
    private long imagesSince;
    private volatile boolean following;
    private boolean requested;
    private boolean confirmed;
    private boolean held;
    /** The version the pointer names and that could not be loaded, so that it is not tried with every poll. */
    private @Nullable String unusable;

    private @Nullable CompletableFuture<Round.Result> training;

    /** Names of the topics it reads and writes. */
    public record Channels(String images, String scores, String models, String modelEvents) {}

    /**
     * Connects, and puts the first model on the models topic when there is none.
     *
     * @param initial what the service scores with until there is a model on the topic
     * @param golden what every candidate must do well on, besides recent images
     * @param signingKey for published models; needed when {@code signatures} demands one
     * @throws ModelRejectedException when the current model on the topic, or the initial one, cannot be used
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
        this.settings = configuration.retrain();
        this.alpha = configuration.service().alpha();
        this.name = initial.manifest().name();
        this.golden = golden;
        this.clock = clock;
        this.metrics = metrics;
        this.instance = instance;
        this.decoder = new ImageDecoder(new ImageLimits(
                configuration.service().imageMaxBytes(), configuration.service().imageMaxPixels()));
        this.window = new StreamWindow(
                new WindowLimits(
                        settings.windowImages(),
                        settings.windowBytes(),
                        settings.windowImages(),
                        settings.windowBytes(),
                        MOST_STREAMS),
                SEED);
        KafkaSettings kafka = configuration.kafka();
        this.models = new ModelsTopic(kafka.forConsumer(), channels.models(), Optional.of(name), signatures);
        this.events = new ModelEvents(kafka.forProducer(), channels.modelEvents());
        this.promoter =
                new Promoter(kafka, channels, name, signatures, signingKey, settings.keep(), events, clock, instance);
        models.readToEnd(READ_WITHIN);
        if (models.current(name).isEmpty()) {
            promoter.first(initial);
            models.readToEnd(READ_WITHIN);
        }
        this.current = models.load(name, models.current(name).orElseThrow().version());
        this.shift = watch(current);
        this.requests = new Requests(kafka.forConsumer(), channels.modelEvents(), name);
        this.recent = new RecentStream(
                kafka.forConsumer(),
                configuration.service().applicationId() + "-retrain",
                channels.images(),
                channels.scores(),
                settings.windowAge(),
                clock);
        this.lastEnd = clock.instant();
    }

    /** Name and version of the model in use. */
    public String model() {
        return name + " " + current.manifest().version();
    }

    /** Whether the window holds what it should after a start; may be asked by any thread. */
    public boolean following() {
        return following;
    }

    /** Follows the stream and learns until told to stop. */
    public void run(BooleanSupplier stop) {
        while (!stop.getAsBoolean()) {
            recent.poll(POLL, this::keep, this::watch);
            following = recent.caughtUp();
            WindowCounts counts = window.counts();
            metrics.window(counts.kept(), counts.bytes());
            followModel();
            for (ModelEvent.Type asked : requests.poll()) {
                requested |= asked == ModelEvent.Type.REQUESTED;
                // A word given before there is anything to confirm must not let a later shift pass.
                confirmed |= held && asked == ModelEvent.Type.CONFIRMED;
            }
            CompletableFuture<Round.Result> under = training;
            if (under != null) {
                if (under.isDone()) {
                    training = null;
                    finish(under);
                }
            } else if (following) {
                decide();
            }
        }
    }

    private void keep(WindowImage image) {
        window.add(image);
        imagesSince++;
    }

    private void watch(ScoreEvent score, long timestamp) {
        if (score.model().version().equals(version())) {
            shift.accept(score, timestamp).ifPresent(drift -> {
                metrics.drifted(drift instanceof Drift.AlarmRateOff ? Shift.ALARM_RATE : Shift.SCORES);
                say(ModelEvent.Type.DRIFTED, describe(drift), figures(drift));
            });
        }
    }

    private void followModel() {
        models.refresh(Duration.ZERO);
        String version = models.current(name).map(Current::version).orElse(version());
        if (!version.equals(version()) && !version.equals(unusable)) {
            try {
                current = models.load(name, version);
                shift = watch(current);
                forgetConfirmation();
                LOG.info("The current model is {} from now on", version);
                unusable = null;
            } catch (ModelRejectedException e) {
                unusable = version;
                LOG.warn("Model {} is current but cannot be used; learning goes on from {}", version, version(), e);
            }
        }
    }

    private void forgetConfirmation() {
        held = false;
        confirmed = false;
    }

    private void decide() {
        if (requested) {
            requested = !begin(Trigger.REQUEST, Map.of(), Optional.empty());
        } else if (settings.drift() && shift.due()) {
            onDrift();
        } else if (settings.images() > 0 && imagesSince >= settings.images()) {
            begin(Trigger.IMAGES, Map.of(), Optional.empty());
        } else if (clock.instant().isAfter(lastEnd.plus(settings.period()))) {
            begin(Trigger.PERIOD, Map.of(), Optional.empty());
        }
    }

    /** Drift was seen: is it something to learn? */
    private void onDrift() {
        ShiftWatch.Lesson lesson;
        try {
            lesson = shift.judge(window.snapshot(), decoder, current, confirmed);
        } catch (ModelRejectedException e) {
            throw new IllegalStateException("a model that was in use cannot be loaded again", e);
        }
        LOG.info("{}: {}", lesson.getClass().getSimpleName(), lesson.reason());
        if (lesson instanceof ShiftWatch.Lesson.NewNormal normal) {
            if (begin(Trigger.DRIFT, normal.since(), Optional.of(normal.anomalous()))) {
                say(ModelEvent.Type.LEARNING, normal.reason(), Map.of());
                forgetConfirmation();
            }
        } else if (lesson instanceof ShiftWatch.Lesson.SameNormal same) {
            if (begin(Trigger.DRIFT, Map.of(), Optional.empty())) {
                say(ModelEvent.Type.LEARNING, same.reason(), Map.of());
            }
        } else if (lesson instanceof ShiftWatch.Lesson.Confirm) {
            if (!held) {
                held = true;
                say(
                        ModelEvent.Type.HELD,
                        lesson.reason() + "; `afterimage models confirm` lets it be learned",
                        Map.of());
                metrics.ended(Result.HELD, clock.instant().getEpochSecond());
            }
        } else if (lesson instanceof ShiftWatch.Lesson.Burst) {
            say(ModelEvent.Type.BURST, lesson.reason(), Map.of());
            forgetConfirmation();
            metrics.ended(Result.BURST, clock.instant().getEpochSecond());
            shift = watch(current);
        }
    }

    /**
     * Begins a training unless there is too little to learn from.
     *
     * @param since per stream, where its present normal begins
     * @param anomalous share of anomalies to expect, when the current model's scores cannot tell what is normal now
     */
    private boolean begin(Trigger trigger, Map<String, Long> since, Optional<Double> anomalous) {
        List<WindowImage> images = window.snapshot().stream()
                .filter(image -> image.timestamp() >= since.getOrDefault(image.stream(), Long.MIN_VALUE))
                .toList();
        if (images.size() < settings.leastImages()) {
            LOG.debug("{} images are too few to learn from", images.size());
            return false;
        }
        LOG.info("A training begins ({}) on {} images, {} of them new", trigger.label(), images.size(), imagesSince);
        metrics.triggered(trigger);
        imagesSince = 0;
        ModelArtifact base = current;
        TrainingDeadline deadline = new TrainingDeadline(clock, settings.timeLimit(), this::progress);
        training = CompletableFuture.supplyAsync(() -> learn(images, base, anomalous, deadline), learning);
        return true;
    }

    private Round.Result learn(
            List<WindowImage> images, ModelArtifact base, Optional<Double> anomalous, TrainingDeadline deadline) {
        CandidateTraining.Plan plan = new CandidateTraining.Plan(
                settings.trim(),
                settings.epochs(),
                Math.max(1, settings.epochs() / WARM_SHARE),
                Math.min(MOST_MEMORY, images.size()),
                SEED,
                "afterimage retrain",
                "%d images of %d streams, %s to %s"
                        .formatted(
                                images.size(),
                                images.stream()
                                        .map(WindowImage::stream)
                                        .distinct()
                                        .count(),
                                Instant.ofEpochMilli(images.get(0).timestamp()),
                                Instant.ofEpochMilli(
                                        images.get(images.size() - 1).timestamp())));
        Round round = new Round(
                decoder,
                new CandidateTraining(new ModelTrainer(clock), plan),
                new PromotionGate(alpha, Margins.DEFAULT, SEED),
                golden);
        try (ScoringModel model = ScoringModel.load(base)) {
            Reference reference = anomalous
                    .<Reference>map(Reference.NewNormal::new)
                    .orElseGet(() -> new Reference.Current(model, alpha));
            return round.run(images, base, reference, deadline);
        } catch (ModelRejectedException e) {
            throw new CompletionException(e);
        }
    }

    private void progress(TrainingStep step) {
        metrics.progress((double) step.step() / step.steps());
        if (step.step() % Math.max(1, step.steps() / 10) == 0) {
            LOG.info("Learning: step {} of {}, loss {}", step.step(), step.steps(), step.loss());
        }
    }

    private void finish(CompletableFuture<Round.Result> done) {
        Result outcome = Result.FAILED;
        try {
            Round.Result result = done.join();
            metrics.trimmed(result.trimming().share());
            models.readToEnd(READ_WITHIN);
            followModel();
            outcome = promoter.settle(result, version()) ? Result.PROMOTED : Result.REFUSED;
        } catch (CompletionException | ModelRejectedException | KafkaException e) {
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            LOG.error("A training failed; the current model stays", cause);
            say(ModelEvent.Type.FAILED, String.valueOf(cause.getMessage()), Map.of());
        }
        lastEnd = clock.instant();
        metrics.ended(outcome, lastEnd.getEpochSecond());
        // Whatever came of it, drift has been answered; what still is wrong shows in the next blocks.
        shift = watch(current);
    }

    private ShiftWatch watch(ModelArtifact model) {
        return new ShiftWatch(
                model,
                alpha,
                new DriftDetector.Parameters(settings.block(), settings.falseTriggersPerMillion(), LEAST_DISTANCE),
                new ShiftRule.Parameters(
                        Math.max(FEWEST_OF_A_STREAM, settings.block() / BLOCK_SHARE),
                        settings.shiftShare(),
                        settings.shiftBlocks(),
                        settings.shiftDuration(),
                        ShiftRule.Parameters.DEFAULT.leastPictures(),
                        ShiftRule.Parameters.DEFAULT.leastSpread(),
                        ShiftRule.Parameters.DEFAULT.mostSpread(),
                        settings.confirm() ? ShiftRule.Mode.CONFIRM : ShiftRule.Mode.AUTOMATIC));
    }

    private String version() {
        return current.manifest().version();
    }

    private void say(ModelEvent.Type type, String reason, Map<String, Double> figures) {
        LOG.info("{}: {}", type.label(), reason);
        events.publish(ModelEvent.of(type, name, version(), version(), reason, clock.instant(), figures, instance));
    }

    private static String describe(Drift drift) {
        if (drift instanceof Drift.AlarmRateOff off) {
            return "%.1f %% of the last images are anomalous, %.1f %% were to be expected (probability of that by chance: %.1e)"
                    .formatted(100 * off.observed(), 100 * off.expected(), off.pValue());
        }
        Drift.ScoresShifted shifted = (Drift.ScoresShifted) drift;
        return "the scores of normal images have moved: Kolmogorov-Smirnov distance %.3f (probability of that by chance: %.1e)"
                .formatted(shifted.distance(), shifted.pValue());
    }

    private static Map<String, Double> figures(Drift drift) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("images", (double) drift.images());
        figures.put("p-value", drift.pValue());
        if (drift instanceof Drift.AlarmRateOff off) {
            figures.put("alarm-rate", off.observed());
            figures.put("expected", off.expected());
        } else if (drift instanceof Drift.ScoresShifted shifted) {
            figures.put("distance", shifted.distance());
        }
        return figures;
    }

    /** Gives up a training under way. */
    @Override
    public void close() {
        learning.shutdownNow();
        recent.close();
        requests.close();
        models.close();
        events.close();
    }
}
