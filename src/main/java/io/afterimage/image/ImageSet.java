package io.afterimage.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * Images to publish, score or train on, always in the same order; may be gone through several times.
 *
 * <p>Images are read while iterating, one at a time. What goes wrong then (a file vanishes, a compressed set is damaged)
 * comes as an {@link java.io.UncheckedIOException}. A single image that cannot be decoded is no such failure: it is given
 * as it is, and {@link LabelledImage#raster} refuses it. For one thread at a time.
 */
public sealed interface ImageSet extends Iterable<LabelledImage>, AutoCloseable
        permits FolderImages, IdxImages, ZipImages {

    /** What {@link #open} accepts, for the help of a command. */
    String KINDS = "a folder (sub-folders are labels), a .zip, idx or idx.gz images, one image file, " + Builtin.KINDS;

    /** The specification it was opened with. */
    String name();

    /** Number of images, at least 1. */
    int size();

    /** Number of files that were passed over because they are not images by their names. */
    int ignored();

    @Override
    Iterator<LabelledImage> iterator();

    @Override
    void close();

    /** Opens a set within the default limits. */
    static ImageSet open(String specification) throws ImageSetException {
        return open(specification, ImageLimits.DEFAULT);
    }

    /**
     * Opens {@value #KINDS}.
     *
     * @param limits what one image may cost; also holds for the sizes that an idx header or a zip entry announces
     * @throws ImageSetException if there is nothing by that name, it is of no kind known, or it holds no image
     */
    static ImageSet open(String specification, ImageLimits limits) throws ImageSetException {
        if (specification.startsWith(Builtin.PREFIX)) {
            return Builtin.open(specification, limits);
        }
        try {
            Path path = Path.of(specification);
            if (Files.isDirectory(path)) {
                return FolderImages.folder(specification, path, limits);
            }
            if (!Files.isRegularFile(path)) {
                throw new ImageSetException(
                        "no images at '%s': there is no such file or folder. Give %s.".formatted(specification, KINDS));
            }
            return openFile(specification, path, limits);
        } catch (ImageSetException e) {
            throw e;
        } catch (InvalidPathException | IOException e) {
            throw new ImageSetException("cannot read '%s': %s".formatted(specification, e.getMessage()), e);
        }
    }

    private static ImageSet openFile(String specification, Path path, ImageLimits limits) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(path)) {
            head = in.readNBytes(8);
        }
        if (head.length >= 4 && head[0] == 'P' && head[1] == 'K') {
            return ZipImages.open(specification, path, limits);
        }
        if (ImageFormat.detect(head).isPresent()) {
            return FolderImages.file(specification, path, limits);
        }
        if (IdxImages.mayBeIdx(head)) {
            return IdxImages.file(specification, path, limits);
        }
        throw new ImageSetException(
                "'%s' is neither a zip, nor an idx file, nor an image. Give %s.".formatted(specification, KINDS));
    }
}
