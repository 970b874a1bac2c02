package io.afterimage.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Image files under a folder, at any depth, sorted by path; the folder right above a file is its label. */
record FolderImages(String name, Path root, List<Path> files, int ignored, ImageLimits limits) implements ImageSet {

    static FolderImages folder(String name, Path root, ImageLimits limits) throws IOException {
        List<Path> all;
        try (Stream<Path> paths = Files.walk(root)) {
            all = paths.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        List<Path> images = all.stream()
                .filter(path -> ImageFormat.isImageFile(path.getFileName().toString()))
                .sorted(Comparator.comparing(path -> relative(root, path)))
                .toList();
        int ignored = all.size() - images.size();
        if (images.isEmpty()) {
            throw new ImageSetException(
                    "no images in '%s': it holds no .png, .jpg, .jpeg, .bmp or .gif (%d other files)"
                            .formatted(name, ignored));
        }
        return new FolderImages(name, root, images, ignored, limits);
    }

    static FolderImages file(String name, Path file, ImageLimits limits) {
        Path absolute = file.toAbsolutePath();
        Path parent = absolute.getParent();
        return new FolderImages(name, parent == null ? absolute : parent, List.of(absolute), 0, limits);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public Iterator<LabelledImage> iterator() {
        return files.stream().map(this::read).iterator();
    }

    @Override
    public void close() {}

    private LabelledImage read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String path = relative(root, file);
            return new LabelledImage.Encoded(path, label(path), in.readNBytes(limits.maxBytes() + 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With slashes on every system, so that order and names do not depend on it. */
    private static String relative(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    /** The name of the folder right above, none for a file at the top. */
    static @Nullable String label(String path) {
        int end = path.lastIndexOf('/');
        return end < 0 ? null : path.substring(path.lastIndexOf('/', end - 1) + 1, end);
    }
}
