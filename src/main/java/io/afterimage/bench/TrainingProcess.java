package io.afterimage.bench;

import io.afterimage.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A training in a process of its own, with low priority and one thread, as the retrainer does it. */
final class TrainingProcess implements StreamBench.Disturbance {
    private final Process process;

    private TrainingProcess(Process process) {
        this.process = process;
    }

    static TrainingProcess start(Path directory) throws IOException {
        List<String> arguments = List.of(
                "train",
                "--images",
                "builtin:digits-train",
                "--epochs",
                "1000",
                "--out",
                directory.resolve("trained").toString());
        ProcessBuilder builder = ChildJvm.training("1g", arguments)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("training.log").toFile());
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
