package io.afterimage.drills;

import static io.afterimage.drills.Drill.seconds;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Of three brokers that have a replica of everything, two of which must acknowledge, one is killed and started again. */
@Tag("drill")
class BrokerKilledDrillIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void everyImageIsAnsweredOnce() throws Exception {
        Cluster cluster = Cluster.start(directory, 3);
        try (Drill drill = Drill.begin("broker killed", directory, cluster)) {
            drill.serve("first", Map.of());
            drill.serve("second", Map.of());
            drill.awaitSteady();

            drill.mark();
            cluster.kill(1);
            Duration recovery = drill.awaitSteady();
            Duration silence = drill.longestSilence();
            drill.mark();
            cluster.startAgain(1);
            drill.awaitSteady();

            drill.conclude("one of three gone with kill -9: longest silence %s, lag back to normal after %s;"
                            .formatted(seconds(silence), seconds(recovery))
                    + " started again: longest silence %s".formatted(seconds(drill.longestSilence())));
        }
    }
}
