package io.afterimage.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Image files in a zip, sorted by path; the directory right above a file is its label. Nothing is extracted, so that the
 * names in the archive are only names, and no entry is inflated beyond the byte limit.
 */
record ZipImages(String name, ZipFile zip, List<ZipEntry> entries, int ignored, ImageLimits limits)
        implements ImageSet {
    private static final int MAX_ENTRIES = 1_000_000;

    static ZipImages open(String name, Path file, ImageLimits limits) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new ImageSetException("'%s' is a damaged zip: %s".formatted(name, e.getMessage()), e);
        }
        try {
            if (zip.size() > MAX_ENTRIES) {
                throw new ImageSetException(
                        "'%s' has %d entries, at most %d are read: split it, or unpack it into a folder"
                                .formatted(name, zip.size(), MAX_ENTRIES));
            }
            List<? extends ZipEntry> files =
                    zip.stream().filter(entry -> !entry.isDirectory()).toList();
            List<ZipEntry> images = files.stream()
                    .filter(entry -> ImageFormat.isImageFile(fileName(entry)))
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .<ZipEntry>map(entry -> entry)
                    .toList();
            int ignored = files.size() - images.size();
            if (images.isEmpty()) {
                throw new ImageSetException(
                        "no images in '%s': it holds no .png, .jpg, .jpeg, .bmp or .gif (%d other files)"
                                .formatted(name, ignored));
            }
            return new ZipImages(name, zip, images, ignored, limits);
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public Iterator<LabelledImage> iterator() {
        return entries.stream().map(this::read).iterator();
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LabelledImage read(ZipEntry entry) {
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] encoded = in.readNBytes(limits.maxBytes() + 1);
            return new LabelledImage.Encoded(entry.getName(), FolderImages.label(entry.getName()), encoded);
        } catch (IOException e) {
            throw new UncheckedIOException(new ImageSetException(
                    "'%s' in '%s' is damaged: %s".formatted(entry.getName(), name, e.getMessage()), e));
        }
    }

    private static String fileName(ZipEntry entry) {
        return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
    }
}
