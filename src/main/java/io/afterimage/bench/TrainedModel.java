package io.afterimage.bench;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Models of handwritten digits to measure with. How fast a model is does not depend on what it knows: they learn for seconds. */
final class TrainedModel {
    private static final String EPOCHS = "1";
    private static final String MOST_IMAGES = "600";

    private TrainedModel() {}

    /**
     * Trains in a process of its own, so that its memory is not taken for the service's.
     *
     * @param directory for the model, does not exist yet
     * @param options of the command, besides where from, where to and how long
     * @throws IOException when the training fails
     */
    static ModelArtifact of(Path directory, String... options)
            throws IOException, InterruptedException, ModelRejectedException {
        Path log = directory.resolveSibling(directory.getFileName() + ".log");
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--images",
                "builtin:digits-train",
                "--epochs",
                EPOCHS,
                "--max-images",
                MOST_IMAGES,
                "--out",
                directory.toString()));
        arguments.addAll(List.of(options));
        Process training = ChildJvm.command("1g", arguments)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (training.waitFor() != 0) {
            throw new IOException(
                    "the training ended with exit code %d: %s".formatted(training.exitValue(), Files.readString(log)));
        }
        return ModelArtifact.read(directory);
    }
}
