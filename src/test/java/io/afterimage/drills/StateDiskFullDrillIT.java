package io.afterimage.drills;

import static io.afterimage.drills.Drill.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.guarantee.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of two instances keeps its state on a disk that something else fills to the last byte. As long as its stores are open
 * it needs no room; then the other instance stops and it has to open more of them. It cannot, says why and ends, and the
 * other one, started again, does all the work. Once there is room, the first is started again as well.
 */
@Tag("drill")
class StateDiskFullDrillIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void everyImageIsAnsweredOnce() throws Exception {
        Path disk = Files.createDirectories(directory.resolve("first"));
        run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString());
        // Without standby copies, so that every partition that is taken over needs a store of its own.
        Map<String, String> settings = Map.of("KAFKA_NUM_STANDBY_REPLICAS", "0");
        Cluster cluster = Cluster.start(directory, 1);
        try (Drill drill = Drill.begin("disk full", directory, cluster)) {
            drill.serve("first", settings);
            drill.serve("second", settings);
            drill.awaitSteady();
            drill.awaitShared(2);

            drill.mark();
            Child ended;
            Duration gaveUp;
            try (Filler filler = Filler.of(disk)) {
                filler.awaitFull();
                drill.terminate("second");
                long alone = System.nanoTime();
                ended = drill.awaitEnd("first");
                gaveUp = Duration.ofNanos(System.nanoTime() - alone);
                drill.serve("second", settings);
                drill.awaitSteady();
            }
            assertThat(ended.output())
                    .contains("afterimage: The service cannot go on:")
                    .contains("No space left on device. Started again, it reads on where it was");
            Duration silence = drill.longestSilence();

            drill.mark();
            drill.serve("first", settings);
            drill.awaitShared(2);
            drill.awaitSteady();

            drill.conclude("the instance ended after %s and said why; silence of %s until the other one was back;"
                            .formatted(seconds(gaveUp), seconds(silence))
                    + " with room, it took its share again, longest wait %s".formatted(seconds(drill.longestWait())));
        }
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", directory.resolve("first").toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s: %s(this drill must be root: `unshare -rm` makes it so)", List.of(command), output)
                .isZero();
    }
}
