package io.afterimage.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code afterimage retrain} in a process of its own, with low priority, so that it never slows scoring. */
final class RetrainerProcess implements AutoCloseable {
    private static final Path NICE = Path.of("/usr/bin/nice");

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
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(NICE)) {
            command.addAll(List.of(NICE.toString(), "-n", "10"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                "io.afterimage.cli.Main",
                "retrain",
                "--bootstrap-servers",
                bootstrapServers));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().putIfAbsent("MALLOC_TRIM_THRESHOLD_", "33554432");
        builder.environment().putIfAbsent("MALLOC_MMAP_THRESHOLD_", "4194304");
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
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
