package io.afterimage.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-01T12:00:00Z"));
    private final ClockWatch watch = new ClockWatch(now::get, why -> {});

    @Test
    void aClockThatGoesOnIsRight() {
        step(Duration.ofSeconds(1));
        assertThat(watch.look()).isEmpty();
    }

    @Test
    void aStepAheadDoesNoHarm() {
        step(Duration.ofHours(1));
        assertThat(watch.look()).isEmpty();
    }

    @Test
    void aSmallStepBackDoesNoHarm() {
        step(ClockWatch.TOLERATED.negated());
        assertThat(watch.look()).isEmpty();
    }

    @Test
    void aStepBackIsToldWithItsLength() {
        step(Duration.ofHours(1));
        assertThat(watch.look()).isEmpty();
        step(Duration.ofMinutes(-59));
        assertThat(watch.look()).hasValueSatisfying(why -> assertThat(why).contains("set back by 3540 s"));
    }

    @Test
    void smallStepsBackAddUp() {
        for (int i = 0; i < 2; i++) {
            assertThat(watch.look()).isEmpty();
            step(Duration.ofSeconds(-4));
        }
        assertThat(watch.look()).isPresent();
    }

    private void step(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }
}
