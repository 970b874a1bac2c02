package io.afterimage.cli;

import io.afterimage.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code afterimage retrain} in a process of its own, with low priority, so that it never slows scoring. */
final class RetrainerProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Process process;
    private final Path log;

    private RetrainerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param settings of the retrainer, by key
     * @param log where its output goes
     */
    static RetrainerProcess start(String bootstrapServers, Map<String, String> settings, Path log) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("retrain", "--bootstrap-servers", bootstrapServers));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        ProcessBuilder builder =
                ChildJvm.training("1g", arguments).redirectErrorStream(true).redirectOutput(log.toFile());
        return new RetrainerProcess(builder.start(), log);
    }

    /** Throws {@link CommandFailedException} when it has ended by itself. */
    void check() {
        if (!process.isAlive()) {
            throw new CommandFailedException(
                    "The retrainer ended by itself with exit code %d: %s".formatted(process.exitValue(), lastLines()));
        }
    }

    private String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
        } catch (IOException e) {
            return "its output cannot be read: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        ChildJvm.stop(process, PATIENCE);
    }
}
