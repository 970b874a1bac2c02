package io.afterimage.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Grey images of equal size in the idx format of MNIST, gzipped or not, read as a stream. The labels lie in a file beside
 * them whose name has {@code labels-idx1} for {@code images-idx3}.
 */
final class IdxImages implements ImageSet {
    private static final int IMAGES_MAGIC = 0x803;
    private static final int LABELS_MAGIC = 0x801;

    private final String name;
    private final Source source;
    private final byte @Nullable [] labels;
    private final int height;
    private final int width;
    private final int from;
    private final int count;
    private final PngEncoder encoder = new PngEncoder();

    /** Where the bytes come from, from the beginning, as often as needed. */
    private interface Source {
        InputStream open() throws IOException;
    }

    private IdxImages(String name, Source images, @Nullable Source labels, int from, int atMost, ImageLimits limits)
            throws IOException {
        this.name = name;
        this.source = images;
        this.from = from;
        try (DataInputStream in = uncompressed(images)) {
            if (in.readInt() != IMAGES_MAGIC) {
                throw new ImageSetException(
                        "'%s' is not an idx file of images (its first bytes are not 00 00 08 03)".formatted(name));
            }
            int announced = in.readInt();
            this.height = in.readInt();
            this.width = in.readInt();
            if (announced < 1) {
                throw new ImageSetException("'%s' announces %d images".formatted(name, announced));
            }
            limits.admit(width, height);
            this.count = Math.min(atMost, announced - from);
            this.labels = labels == null ? null : labels(labels, announced);
        } catch (ImageRejectedException e) {
            throw new ImageSetException("'%s' cannot be read: %s".formatted(name, e.getMessage()), e);
        } catch (EOFException | ZipException e) {
            throw new ImageSetException("'%s' is not an idx file of images, or a damaged one".formatted(name), e);
        }
    }

    /** Whether it can be an idx file or a gzipped one, by its first bytes. */
    static boolean mayBeIdx(byte[] head) {
        boolean gzip = head.length >= 2 && (head[0] & 0xFF) == 0x1F && (head[1] & 0xFF) == 0x8B;
        return gzip || (head.length >= 4 && head[0] == 0 && head[1] == 0);
    }

    static IdxImages file(String name, Path file, ImageLimits limits) throws IOException {
        Path labels = labelsBeside(file);
        return new IdxImages(
                name,
                () -> Files.newInputStream(file),
                labels == null ? null : () -> Files.newInputStream(labels),
                0,
                Integer.MAX_VALUE,
                limits);
    }

    static IdxImages resource(String name, String resource, int from, int count, ImageLimits limits)
            throws IOException {
        String start = "/images/" + resource;
        return new IdxImages(
                name,
                () -> resource(start + "-images-idx3-ubyte.gz"),
                () -> resource(start + "-labels-idx1-ubyte.gz"),
                from,
                count,
                limits);
    }

    private static InputStream resource(String path) throws IOException {
        InputStream in = IdxImages.class.getResourceAsStream(path);
        if (in == null) {
            throw new FileNotFoundException("no resource " + path);
        }
        return in;
    }

    private static @Nullable Path labelsBeside(Path file) {
        String imagesName = file.getFileName().toString();
        String labelsName = imagesName.replace("images", "labels").replace("idx3", "idx1");
        if (!labelsName.contains("labels")) {
            return null;
        }
        String bare = labelsName.endsWith(".gz") ? labelsName.substring(0, labelsName.length() - 3) : labelsName;
        for (String candidate : new String[] {labelsName, bare, bare + ".gz"}) {
            Path labels = file.resolveSibling(candidate);
            if (!candidate.equals(imagesName) && Files.isRegularFile(labels)) {
                return labels;
            }
        }
        return null;
    }

    private byte[] labels(Source labels, int images) throws IOException {
        try (DataInputStream in = uncompressed(labels)) {
            if (in.readInt() != LABELS_MAGIC || in.readInt() != images) {
                throw new ImageSetException(
                        "the labels beside '%s' do not belong to it: expected an idx1 file of %d labels"
                                .formatted(name, images));
            }
            byte[] all = in.readNBytes(images);
            if (all.length < images) {
                throw new EOFException();
            }
            return all;
        }
    }

    private static DataInputStream uncompressed(Source source) throws IOException {
        InputStream in = new BufferedInputStream(source.open(), 1 << 16);
        try {
            in.mark(2);
            boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
            in.reset();
            return new DataInputStream(gzip ? new BufferedInputStream(new GZIPInputStream(in, 1 << 16)) : in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public int ignored() {
        return 0;
    }

    @Override
    public Iterator<LabelledImage> iterator() {
        return new Images();
    }

    @Override
    public void close() {}

    private final class Images implements Iterator<LabelledImage> {
        private @Nullable DataInputStream in;
        private int next;

        @Override
        public boolean hasNext() {
            return next < count;
        }

        @Override
        public LabelledImage next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            byte[] samples = new byte[height * width];
            try {
                if (in == null) {
                    in = uncompressed(source);
                    in.skipNBytes(16 + (long) from * samples.length);
                }
                in.readFully(samples);
                int index = from + next++;
                if (next == count) {
                    in.close();
                }
                String label = labels == null ? null : Integer.toString(labels[index] & 0xFF);
                Raster raster = new Raster(width, height, 1, samples);
                return new LabelledImage.Pixels("%s#%05d".formatted(name, index), label, raster, encoder);
            } catch (EOFException | ZipException e) {
                throw new UncheckedIOException(new ImageSetException(
                        "'%s' is damaged: it announces more images than the %d it holds".formatted(name, from + next),
                        e));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
