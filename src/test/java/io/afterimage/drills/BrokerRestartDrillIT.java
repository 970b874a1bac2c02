package io.afterimage.drills;

import static io.afterimage.drills.Drill.seconds;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The only broker is stopped as for an upgrade and comes back after some seconds. */
@Tag("drill")
class BrokerRestartDrillIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void everyImageIsAnsweredOnce() throws Exception {
        Cluster cluster = Cluster.start(directory, 1);
        try (Drill drill = Drill.begin("broker restarted", directory, cluster)) {
            drill.serve("first", Map.of());
            drill.serve("second", Map.of());
            drill.awaitSteady();

            drill.mark();
            cluster.stop(1);
            Thread.sleep(5000);
            cluster.startAgain(1);
            Duration away = drill.sinceMark();
            Duration recovery = drill.awaitSteady();

            drill.conclude("broker away for %s, longest silence %s, lag back to normal %s after its return"
                    .formatted(seconds(away), seconds(drill.longestSilence()), seconds(recovery)));
        }
    }
}
