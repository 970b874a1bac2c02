package io.afterimage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A training in a process of its own, with low priority and one thread, as the retrainer does it. */
final class TrainingProcess implements StreamBench.Disturbance {
    private static final Path NICE = Path.of("/usr/bin/nice");

    private final Process process;

    private TrainingProcess(Process process) {
        this.process = process;
    }

    static TrainingProcess start(Path directory) throws IOException {
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
                "train",
                "--images",
                "builtin:digits-train",
                "--epochs",
                "1000",
                "--out",
                directory.resolve("trained").toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("training.log").toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        return new TrainingProcess(builder.start());
    }

    @Override
    public void check() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the training ended by itself with exit code " + process.exitValue());
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
