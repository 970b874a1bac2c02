package io.afterimage.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.health.Condition.Unhealthy;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Component WELL = new Component("well", () -> Condition.HEALTHY);

    @Test
    void isReadyWhenEverythingIsHealthy() {
        Health.Report report = new Health(List.of(WELL)).report();
        assertThat(report.isReady()).isTrue();
        assertThat(report.isAlive()).isTrue();
    }

    @Test
    void aFailingCheckMakesItNotReadyAndLeavesItAlive() {
        var failing = new Component("model", () -> {
            throw new IllegalStateException("with details nobody outside should see");
        });
        Health.Report report = new Health(List.of(WELL, failing)).report();

        assertThat(report.isReady()).isFalse();
        assertThat(report.isAlive()).isTrue();
        assertThat(report.conditions())
                .containsEntry("model", new Unhealthy("the check failed: IllegalStateException", true));
    }

    @Test
    void oneComponentBeyondRecoveryIsEnough() {
        var dead = new Component("streams", () -> new Unhealthy("no thread left", false));
        assertThat(new Health(List.of(WELL, dead)).report().isAlive()).isFalse();
    }
}
