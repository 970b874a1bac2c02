package io.afterimage.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command of this software in a JVM of its own, with the Java and the class path of this one. */
public final class ChildJvm {
    private static final String MAIN = "io.afterimage.cli.Main";
    private static final Path NICE = Path.of("/usr/bin/nice");

    private ChildJvm() {}

    /**
     * How to start a command.
     *
     * @param heap the most it may take, as after {@code -Xmx}
     * @param arguments the command and its flags
     */
    public static ProcessBuilder command(String heap, List<String> arguments) {
        return new ProcessBuilder(java(List.of("-Xmx" + heap), arguments));
    }

    /**
     * How to start a command that trains beside others that score: with low priority where the system has {@code nice}, one
     * thread, and memory that goes back to the system.
     *
     * @param heap the most it may take, as after {@code -Xmx}
     * @param arguments the command and its flags
     */
    public static ProcessBuilder training(String heap, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(NICE)) {
            command.addAll(List.of(NICE.toString(), "-n", "10"));
        }
        command.addAll(java(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-Dai.djl.offline=true"), arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().putIfAbsent("MALLOC_TRIM_THRESHOLD_", "33554432");
        builder.environment().putIfAbsent("MALLOC_MMAP_THRESHOLD_", "4194304");
        return builder;
    }

    private static List<String> java(List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        command.addAll(arguments);
        return command;
    }

    /** Asks a process to end and, when it has not within that time, ends it. */
    public static void stop(Process process, Duration within) {
        process.destroy();
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
