package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.fail;

import io.afterimage.containers.ContainerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A process that a test started. What it prints is kept in a file, and it does not outlive the test. */
public final class Child implements AutoCloseable {
    /** Much longer than any start or stop takes, so that only a process that hangs exceeds it. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int TAIL_LINES = 40;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final String name;
    private final Process process;
    private final Path output;

    private Child(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    /**
     * Starts a process.
     *
     * @param environment beside the inherited one, of which everything that configures Afterimage or Kafka is left out
     * @param output a new file for stdout and stderr
     */
    public static Child start(String name, List<String> command, Map<String, String> environment, Path output)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment()
                .keySet()
                .removeIf(key -> key.startsWith("KAFKA_") || key.startsWith("AFTERIMAGE_") || key.equals("JAVA_OPTS"));
        builder.environment().putAll(environment);
        return of(name, builder.start(), output);
    }

    /**
     * Takes care of a process that was started in another way.
     *
     * @param output where its stdout and stderr go
     */
    static Child of(String name, Process process, Path output) {
        RUNNING.add(process);
        return new Child(name, process, output);
    }

    /** Where on this machine a port is found that the process listens on. */
    int port(int port) {
        return process instanceof ContainerProcess container ? container.publishedPort() : port;
    }

    /** Waits for a line of output and returns what the pattern's groups matched. */
    public MatchResult awaitOutput(Pattern pattern) {
        try {
            return Awaitility.await()
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(PATIENCE)
                    .until(
                            () -> {
                                boolean alive = process.isAlive();
                                Matcher matcher = pattern.matcher(output());
                                boolean found = matcher.find();
                                if (!found && !alive) {
                                    fail("%s ended before it printed '%s'%s", name, pattern, tail());
                                }
                                return found ? matcher : null;
                            },
                            matcher -> matcher != null)
                    .toMatchResult();
        } catch (ConditionTimeoutException e) {
            return fail("%s did not print '%s'%s".formatted(name, pattern, tail()), e);
        }
    }

    /** Fails with the tail of the output unless the process runs. */
    public void requireAlive() {
        if (!process.isAlive()) {
            fail("%s ended by itself with code %d%s", name, process.exitValue(), tail());
        }
    }

    /** Ends it with SIGKILL: it gets no chance to do anything. */
    public void kill() throws InterruptedException {
        requireAlive();
        process.destroyForcibly();
        awaitExit();
    }

    /** Ends it with SIGTERM and returns its exit code. */
    public int terminate() throws InterruptedException {
        requireAlive();
        process.destroy();
        return awaitExit();
    }

    /** Waits until it has ended and returns its exit code. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            fail("%s did not end within %s%s", name, PATIENCE, tail());
        }
        RUNNING.remove(process);
        return process.exitValue();
    }

    public String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of its output, to be put behind a sentence. */
    public String tail() {
        List<String> lines = output().lines().toList();
        return "%n--- last output of %s ---%n%s%n---"
                .formatted(
                        name, String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        RUNNING.remove(process);
    }
}
