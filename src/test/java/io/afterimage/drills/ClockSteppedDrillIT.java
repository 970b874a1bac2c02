package io.afterimage.drills;

import static io.afterimage.drills.Drill.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.guarantee.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The clock of the machine of both instances jumps an hour ahead, and later back. libfaketime makes it. */
@Tag("drill")
class ClockSteppedDrillIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void everyImageIsAnsweredOnce() throws Exception {
        Map<String, String> settings = Map.of(
                "LD_PRELOAD", library().toString(),
                "FAKETIME_TIMESTAMP_FILE", directory.resolve("clock").toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "DONT_FAKE_MONOTONIC", "1",
                // Otherwise every wait of a JVM with a time-out ends at once.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0");
        step("+0");
        Cluster cluster = Cluster.start(directory, 1);
        try (Drill drill = Drill.begin("clock stepped", directory, cluster)) {
            drill.serve("first", settings);
            drill.serve("second", settings);
            drill.awaitSteady();

            drill.mark();
            step("+3600");
            Thread.sleep(5000);
            drill.awaitSteady();
            Duration ahead = drill.longestSilence();
            drill.mark();
            step("+0");
            for (String instance : List.of("first", "second")) {
                Child ended = drill.awaitEnd(instance);
                assertThat(ended.output()).contains("the clock was set back by 3");
            }
            Duration stopped = drill.sinceMark();
            drill.serve("first", settings);
            drill.serve("second", settings);
            drill.awaitSteady();

            drill.conclude(
                    "an hour ahead: longest silence %s; an hour back: instances ended within %s and started again,"
                                    .formatted(seconds(ahead), seconds(stopped))
                            + " longest silence %s".formatted(seconds(drill.longestSilence())));
        }
    }

    private void step(String offset) throws IOException {
        Path next = Files.writeString(directory.resolve("clock.next"), offset + "\n");
        Files.move(next, directory.resolve("clock"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path library() throws IOException {
        try (Stream<Path> found =
                Files.find(Path.of("/usr/lib"), 3, (path, file) -> path.endsWith("faketime/libfaketimeMT.so.1"))) {
            return found.findFirst()
                    .orElseThrow(() -> new AssertionError(
                            "This drill needs libfaketime below /usr/lib: `apt-get install faketime` installs it"));
        }
    }
}
