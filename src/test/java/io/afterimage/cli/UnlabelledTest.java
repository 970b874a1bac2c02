package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.ImageSet;
import io.afterimage.image.LabelledImage;
import io.afterimage.model.ModelArtifact;
import io.afterimage.stream.ShippedImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing in training reads a label: with labels shuffled, or without any, the same images make the very same model, by the
 * version that is a checksum over everything in it. With the images shuffled they do not, so the test would notice.
 */
class UnlabelledTest {
    private static final int IMAGES = 64;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reconstruct --recipe fast --memory 20",
                "reconstruct --recipe inspection --memory 20",
                "denoise --width 4 --noise any",
                "super-resolve --width 4",
                "generate",
                "generate --architecture dense-variational",
                "generate --architecture adversarial"
            })
    void labelsChangeNothingAndImagesDo(String task) throws Exception {
        List<LabelledImage> images = ShippedImages.first(IMAGES, ShippedImages.DIGITS);
        Path file = IdxFiles.write(directory, images);
        List<String> labels = labels(file);
        String version = trained(file, task);

        List<String> shuffled = new ArrayList<>(labels);
        Collections.shuffle(shuffled, new Random(1));
        IdxFiles.writeLabels(file, shuffled);
        assertThat(labels(file))
                .as("other labels are there")
                .isEqualTo(shuffled)
                .isNotEqualTo(labels);
        assertThat(trained(file, task)).isEqualTo(version);

        Files.delete(file.resolveSibling("some-labels-idx1-ubyte"));
        assertThat(trained(file, task)).isEqualTo(version);

        List<LabelledImage> reordered = new ArrayList<>(images);
        Collections.shuffle(reordered, new Random(1));
        IdxFiles.write(directory, reordered);
        assertThat(trained(file, task)).as("the twin").isNotEqualTo(version);
    }

    private static List<String> labels(Path file) throws Exception {
        List<String> labels = new ArrayList<>();
        try (ImageSet set = ImageSet.open(file.toString())) {
            set.forEach(image -> labels.add(String.valueOf(image.label())));
        }
        return labels;
    }

    /** Always into one folder: the command line is part of what the version is made of. */
    private String trained(Path file, String task) throws Exception {
        Path out = directory.resolve("model");
        Invocation.succeed(("train --images " + file + " --out " + out + " --epochs 1 --task " + task).split(" "));
        return ModelArtifact.read(out).manifest().version();
    }
}
