package io.afterimage.drills;

import static io.afterimage.drills.Drill.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Three instances, one after another ended with SIGTERM and started again when all is well, as a StatefulSet does it. */
@Tag("drill")
class RollingUpdateDrillIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void noImageWaitsLongerThanAHandOverMayTake() throws Exception {
        List<String> instances = List.of("first", "second", "third");
        Cluster cluster = Cluster.start(directory, 1);
        try (Drill drill = Drill.begin("rolling update", directory, cluster)) {
            for (String instance : instances) {
                drill.serve(instance, Map.of());
            }
            drill.awaitSteady();

            drill.mark();
            for (String instance : instances) {
                drill.terminate(instance);
                drill.serve(instance, Map.of());
                drill.awaitShared(instances.size());
            }
            drill.awaitSteady();
            Duration longest = drill.longestWait();

            drill.conclude(
                    "three instances replaced in %s, an image waited for its answer at most %s, silence at most %s"
                            .formatted(seconds(drill.sinceMark()), seconds(longest), seconds(drill.longestSilence())));
            assertThat(longest).as("hand-over").isLessThan(Drill.HAND_OVER);
        }
    }
}
