package io.afterimage.train;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * Bounds a training in time: passes progress on, and stops the training at the first step after the deadline, or when its
 * thread was interrupted. One deadline may span several trainings. What follows the last step, the feature memory and the
 * calibration, is bounded by their sizes.
 */
public final class TrainingDeadline implements Consumer<TrainingStep> {
    private final InstantSource clock;
    private final Duration most;
    private final Instant end;
    private final Consumer<TrainingStep> progress;

    /** @param most time from now */
    public TrainingDeadline(InstantSource clock, Duration most, Consumer<TrainingStep> progress) {
        this.clock = clock;
        this.most = most;
        this.end = clock.instant().plus(most);
        this.progress = progress;
    }

    /** @throws TrainingStoppedException when the training must not go on */
    @Override
    public void accept(TrainingStep step) {
        if (Thread.currentThread().isInterrupted()) {
            throw new TrainingStoppedException(
                    "training was told to stop after step %d of %d".formatted(step.step(), step.steps()));
        }
        if (clock.instant().isAfter(end)) {
            throw new TrainingStoppedException(
                    "training took longer than its bound of %d s and was stopped after step %d of %d"
                            .formatted(most.toSeconds(), step.step(), step.steps()));
        }
        progress.accept(step);
    }
}
