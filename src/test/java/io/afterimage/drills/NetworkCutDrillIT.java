package io.afterimage.drills;

import static io.afterimage.drills.Drill.seconds;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** For half a minute nothing comes through between both instances and the broker, while images keep coming. */
@Tag("drill")
class NetworkCutDrillIT {
    private static final Duration CUT = Duration.ofSeconds(30);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void everyImageIsAnsweredOnce() throws Exception {
        Cluster cluster = Cluster.start(directory, 1);
        try (Drill drill = Drill.begin("network cut", directory, cluster)) {
            drill.serve("first", Map.of());
            drill.serve("second", Map.of());
            drill.awaitSteady();

            drill.mark();
            cluster.cable(1).cut();
            Thread.sleep(CUT.toMillis());
            Duration cut = drill.sinceMark();
            cluster.cable(1).mend();
            Duration recovery = drill.awaitSteady();

            drill.conclude("cut for %s, longest silence %s, lag back to normal %s after it was mended"
                    .formatted(seconds(cut), seconds(drill.longestSilence()), seconds(recovery)));
        }
    }
}
