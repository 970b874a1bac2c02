package io.afterimage.drills;

import static io.afterimage.drills.Drill.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** One instance becomes three and three become one, as an autoscaler does it. */
@Tag("drill")
class ScaleOutDrillIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void noImageWaitsLongerThanAHandOverMayTake() throws Exception {
        Cluster cluster = Cluster.start(directory, 1);
        try (Drill drill = Drill.begin("scale-out", directory, cluster)) {
            drill.serve("first", Map.of());
            drill.awaitSteady();

            drill.mark();
            drill.serve("second", Map.of());
            drill.serve("third", Map.of());
            drill.awaitShared(3);
            drill.awaitSteady();
            Duration out = drill.longestWait();
            drill.mark();
            drill.terminate("second");
            drill.terminate("third");
            drill.awaitSteady();
            Duration in = drill.longestWait();

            drill.conclude("from one instance to three an image waited for its answer at most %s, back to one %s"
                    .formatted(seconds(out), seconds(in)));
            assertThat(out).as("hand-over").isLessThan(Drill.HAND_OVER);
            assertThat(in).as("hand-over").isLessThan(Drill.HAND_OVER);
        }
    }
}
