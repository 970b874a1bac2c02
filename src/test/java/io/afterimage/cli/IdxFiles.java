package io.afterimage.cli;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.LabelledImage;
import io.afterimage.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Images and labels as MNIST has them: two files side by side. */
final class IdxFiles {
    private static final ImageDecoder DECODER = new ImageDecoder(ImageLimits.DEFAULT);

    private IdxFiles() {}

    /** Writes images of one size; gives the file of the images. */
    static Path write(Path directory, List<LabelledImage> images) throws Exception {
        Raster first = images.get(0).raster(DECODER);
        ByteBuffer pixels = ByteBuffer.allocate(16 + images.size() * first.samples().length);
        pixels.putInt(0x803).putInt(images.size()).putInt(first.height()).putInt(first.width());
        for (LabelledImage image : images) {
            pixels.put(image.raster(DECODER).samples());
        }
        Path file = Files.createDirectories(directory).resolve("some-images-idx3-ubyte");
        Files.write(file, pixels.array());
        writeLabels(
                file,
                images.stream()
                        .map(image -> Objects.requireNonNull(image.label()))
                        .toList());
        return file;
    }

    /** Writes other labels beside the images. */
    static void writeLabels(Path images, List<String> labels) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + labels.size());
        bytes.putInt(0x801).putInt(labels.size());
        labels.forEach(label -> bytes.put(Byte.parseByte(label)));
        Files.write(images.resolveSibling("some-labels-idx1-ubyte"), bytes.array());
    }
}
