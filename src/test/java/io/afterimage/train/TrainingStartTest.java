package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afterimage.model.ModelArtifact;
import io.afterimage.score.ScoreRecipe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where a training begins and when it must end. */
class TrainingStartTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ModelTrainer TRAINER = new ModelTrainer(Clock.fixed(NOW, ZoneOffset.UTC));

    private static TrainingImages images;
    private static ModelArtifact first;

    @BeforeAll
    static void train() {
        images = TrainingImages.split(
                ShippedModel.shape(), ShippedModel.images("builtin:digits-test").subList(0, 400), 1);
        first = TRAINER.train(images, request(32, 20), step -> {});
    }

    @Test
    void aWarmStartBeginsWhereTheModelWas() {
        ModelArtifact warm = TRAINER.train(images, request(32, 4), new Start.Warm(first), step -> {});
        ModelArtifact scratch = TRAINER.train(images, request(32, 4), new Start.Scratch("parent"), step -> {});

        assertThat(warm.manifest().training().firstLoss())
                .isLessThan(0.5 * scratch.manifest().training().firstLoss());
        assertThat(warm.manifest().training().lastLoss())
                .isLessThan(scratch.manifest().training().lastLoss());
        assertThat(warm.manifest().training().parent())
                .isEqualTo(first.manifest().version());
        assertThat(scratch.manifest().training().parent()).isEqualTo("parent");
        assertThat(warm.manifest().version()).isNotEqualTo(first.manifest().version());
    }

    @Test
    void aWarmStartIsRepeatable() {
        ModelArtifact once = TRAINER.train(images, request(32, 1), new Start.Warm(first), step -> {});
        ModelArtifact again = TRAINER.train(images, request(32, 1), new Start.Warm(first), step -> {});

        assertThat(again.manifest()).isEqualTo(once.manifest());
        assertThat(again.weights()).isEqualTo(once.weights());
    }

    @Test
    void anotherArchitectureIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TRAINER.train(images, request(16, 1), new Start.Warm(first), step -> {}))
                .withMessageContaining("cannot begin from that model");
    }

    @Test
    void aTrainingEndsAtItsDeadline() {
        AtomicLong seconds = new AtomicLong();
        List<TrainingStep> steps = new ArrayList<>();
        TrainingDeadline deadline =
                new TrainingDeadline(() -> NOW.plusSeconds(seconds.get()), Duration.ofSeconds(3), step -> {
                    steps.add(step);
                    seconds.incrementAndGet();
                });

        assertThatExceptionOfType(TrainingStoppedException.class)
                .isThrownBy(() -> TRAINER.train(images, request(32, 20), deadline))
                .withMessageContaining("longer than its bound of 3 s")
                .withMessageContaining("after step 5");
        assertThat(steps).hasSize(4);
        assertThat(TRAINER.train(images, request(32, 1), step -> {}).manifest().version())
                .as("a stopped training leaves nothing behind")
                .isNotEmpty();
    }

    @Test
    void anInterruptedTrainingEnds() {
        TrainingDeadline deadline = new TrainingDeadline(
                () -> NOW, Duration.ofDays(1), step -> Thread.currentThread().interrupt());
        try {
            assertThatExceptionOfType(TrainingStoppedException.class)
                    .isThrownBy(() -> TRAINER.train(images, request(32, 20), deadline))
                    .withMessageContaining("told to stop after step 2");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void partsThatAreTooSmallAreRefused() {
        List<float[]> few = images.training().subList(0, 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TrainingImages(images.shape(), few, images.fusion(), images.calibration()))
                .withMessageContaining("2 images to train on");
    }

    private static ModelTrainer.Request request(int latent, int epochs) {
        return new ModelTrainer.Request(
                "digits", latent, epochs, 1, 200, ScoreRecipe.FAST, "afterimage retrain", "shipped digits");
    }
}
