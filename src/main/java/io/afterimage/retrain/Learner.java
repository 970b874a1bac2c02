package io.afterimage.retrain;

import io.afterimage.config.RetrainSettings;
import io.afterimage.image.ImageDecoder;
import io.afterimage.metrics.RetrainMetrics;
import io.afterimage.metrics.RetrainMetrics.Result;
import io.afterimage.metrics.RetrainMetrics.Shift;
import io.afterimage.metrics.RetrainMetrics.Trigger;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelEvents;
import io.afterimage.registry.PublisherFencedException;
import io.afterimage.wire.ModelEvent;
import io.afterimage.wire.ScoreEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when to learn and from what, and what becomes of the outcome. It is shown everything the retrainer follows and acts
 * in {@link #act}, which never waits for a training. For one thread.
 */
final class Learner {
    private static final int MOST_STREAMS = 10_000;
    /** The same stream gives the same window. */
    private static final long SEED = 42;

    private static final double LEAST_DISTANCE = DriftDetector.Parameters.DEFAULT.leastDistance();
    /** A stream is judged in smaller blocks than all streams together. */
    private static final int BLOCK_SHARE = 4;

    private static final int FEWEST_OF_A_STREAM = 100;
    /** So often an outcome is carried out again when other publishers of the model come in between. */
    private static final int MOST_FENCED = 5;

    private static final Logger LOG = LoggerFactory.getLogger(Learner.class);

    private final RetrainSettings settings;
    private final double alpha;
    private final String name;
    private final FollowedModel model;
    private final TrainingThread trainings;
    private final Promoter promoter;
    private final ModelEvents events;
    private final ImageDecoder decoder;
    private final RetrainMetrics metrics;
    private final Clock clock;
    private final String instance;
    private final StreamWindow window;

    private ShiftWatch shift;
    private Instant lastEnd;
    private long imagesSince;
    private boolean requested;
    private boolean confirmed;
    private boolean held;
    private int fenced;

    private @Nullable CompletableFuture<Round.Result> training;

    Learner(
            RetrainSettings settings,
            double alpha,
            String name,
            FollowedModel model,
            TrainingThread trainings,
            Promoter promoter,
            ModelEvents events,
            ImageDecoder decoder,
            RetrainMetrics metrics,
            Clock clock,
            String instance) {
        this.settings = settings;
        this.alpha = alpha;
        this.name = name;
        this.model = model;
        this.trainings = trainings;
        this.promoter = promoter;
        this.events = events;
        this.decoder = decoder;
        this.metrics = metrics;
        this.clock = clock;
        this.instance = instance;
        int images = settings.windowImages();
        long bytes = settings.windowBytes();
        this.window = new StreamWindow(new WindowLimits(images, bytes, images, bytes, MOST_STREAMS), SEED);
        this.shift = watchFromHere();
        this.lastEnd = clock.instant();
    }

    void keep(WindowImage image) {
        window.add(image);
        imagesSince++;
    }

    void watch(ScoreEvent score, long timestamp) {
        if (score.model().version().equals(model.version())) {
            shift.accept(score, timestamp).ifPresent(drift -> {
                metrics.drifted(drift instanceof Drift.AlarmRateOff ? Shift.ALARM_RATE : Shift.SCORES);
                say(ModelEvent.Type.DRIFTED, drift.reason(), drift.figures());
            });
        }
    }

    /** An operator asks for a training, or confirms that what is held is a new normal. */
    void asked(ModelEvent.Type type) {
        requested |= type == ModelEvent.Type.REQUESTED;
        // A word given before there is anything to confirm must not let a later shift pass.
        confirmed |= held && type == ModelEvent.Type.CONFIRMED;
    }

    /** Another model is current: its verdicts are watched from now on. */
    void modelChanged() {
        shift = watchFromHere();
        forgetConfirmation();
    }

    /**
     * Carries out what a training has ended with, or begins one when there is a reason to.
     *
     * @param windowWhole whether the window holds what it should, so that it can be learned from
     * @throws KafkaException when the brokers do not answer; what was to be done is done with the next call
     */
    void act(boolean windowWhole) {
        WindowCounts counts = window.counts();
        metrics.window(counts.kept(), counts.bytes());
        CompletableFuture<Round.Result> under = training;
        if (under == null) {
            if (windowWhole) {
                decide();
            }
        } else if (under.isDone()) {
            finish(under);
        }
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
            lesson = shift.judge(window.snapshot(), decoder, model.artifact(), confirmed);
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
            hold(lesson.reason());
        } else if (lesson instanceof ShiftWatch.Lesson.Burst) {
            say(ModelEvent.Type.BURST, lesson.reason(), Map.of());
            forgetConfirmation();
            metrics.ended(Result.BURST, clock.instant().getEpochSecond());
            shift = watchFromHere();
        }
    }

    private void hold(String reason) {
        if (!held) {
            held = true;
            say(ModelEvent.Type.HELD, reason + "; `afterimage models confirm` lets it be learned", Map.of());
            metrics.ended(Result.HELD, clock.instant().getEpochSecond());
        }
    }

    private void forgetConfirmation() {
        held = false;
        confirmed = false;
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
        fenced = 0;
        training = trainings.begin(images, model.artifact(), anomalous);
        return true;
    }

    private void finish(CompletableFuture<Round.Result> done) {
        Result outcome = Result.FAILED;
        try {
            Round.Result result = done.join();
            metrics.trimmed(result.trimming().share());
            if (model.followToEnd()) {
                modelChanged();
            }
            outcome = promoter.settle(result, model.version()) ? Result.PROMOTED : Result.REFUSED;
        } catch (CompletionException e) {
            failed(e.getCause() == null ? e : e.getCause());
        } catch (ModelRejectedException e) {
            failed(e);
        } catch (KafkaException e) {
            if (e instanceof PublisherFencedException && ++fenced < MOST_FENCED) {
                LOG.warn("A candidate is not published yet: {}", e.getMessage());
                return;
            }
            if (Outage.passes(e) || Outage.isRefusal(e)) {
                throw e;
            }
            failed(e);
        }
        training = null;
        lastEnd = clock.instant();
        metrics.ended(outcome, lastEnd.getEpochSecond());
        // Whatever came of it, drift has been answered; what still is wrong shows in the next blocks.
        shift = watchFromHere();
    }

    private void failed(Throwable cause) {
        LOG.error("A training failed; the current model stays", cause);
        say(ModelEvent.Type.FAILED, String.valueOf(cause.getMessage()), Map.of());
    }

    private ShiftWatch watchFromHere() {
        return new ShiftWatch(
                model.artifact(),
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

    private void say(ModelEvent.Type type, String reason, Map<String, Double> figures) {
        LOG.info("{}: {}", type.label(), reason);
        String version = model.version();
        events.publish(ModelEvent.of(type, name, version, version, reason, clock.instant(), figures, instance));
    }
}
