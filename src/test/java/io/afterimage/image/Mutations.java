package io.afterimage.image;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damaged image files: random edits of valid ones, the same for the same random numbers. */
public final class Mutations {
    private final ImageFormat format;
    private final List<byte[]> files;
    private final Random random;

    public Mutations(ImageFormat format, Random random) {
        this.format = format;
        this.files = files(format);
        this.random = random;
    }

    /** The valid files that the others come from. */
    public List<byte[]> files() {
        return files;
    }

    /** The next damaged file. The checksums of most PNGs are right again, or nothing behind them would be reached. */
    public byte[] next() {
        byte[] mutated = mutate(files.get(random.nextInt(files.size())), files, random);
        if (format == ImageFormat.PNG && random.nextInt(4) > 0) {
            PngFile.repairChecksums(mutated);
        }
        return mutated;
    }

    private static List<byte[]> files(ImageFormat format) {
        String name = format.name();
        Raster grey = Pictures.raster(28, 28, 1, 1);
        Raster colour = Pictures.raster(40, 30, 3, 2);
        return switch (format) {
            case PNG, JPEG ->
                List.of(
                        Pictures.encode(Pictures.image(grey), name, Pictures.NOT_PROGRESSIVE),
                        Pictures.encode(Pictures.image(colour), name, Pictures.NOT_PROGRESSIVE),
                        Pictures.encode(Pictures.image(colour), name, Pictures.PROGRESSIVE),
                        format == ImageFormat.PNG
                                ? Pictures.encode(
                                        Pictures.indexed(30, 30, 2, Pictures.colours(2)), name, Pictures.PLAIN)
                                : Pictures.encode(Pictures.image(grey), name, Pictures.PROGRESSIVE));
            case BMP ->
                List.of(
                        Pictures.encode(Pictures.image(colour), name, Pictures.PLAIN),
                        Pictures.encode(
                                Pictures.indexed(30, 30, 8, Pictures.colours(8)), name, Pictures.compressed("BI_RLE8")),
                        Pictures.encode(
                                Pictures.indexed(30, 30, 4, Pictures.colours(4)),
                                name,
                                Pictures.compressed("BI_RLE4")));
            case GIF ->
                List.of(
                        Pictures.encode(Pictures.image(grey), name, Pictures.PLAIN),
                        Pictures.encode(Pictures.indexed(30, 30, 4, Pictures.colours(4)), name, Pictures.PROGRESSIVE));
        };
    }

    /** One to four edits, more often near the front where the headers are; the signature stays. */
    private static byte[] mutate(byte[] file, List<byte[]> files, Random random) {
        byte[] bytes = file.clone();
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int span = random.nextBoolean() ? Math.min(bytes.length, 80) : bytes.length;
            int at = Math.min(8, bytes.length - 1) + random.nextInt(Math.max(1, span - 8));
            at = Math.min(at, bytes.length - 1);
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0 : 0xFF);
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(9)), (byte) 0xFF);
                case 4 -> bytes = Arrays.copyOf(bytes, at);
                case 5 -> { // a piece of another file of the kind
                    byte[] other = files.get(random.nextInt(files.size()));
                    int count = Math.min(random.nextInt(40), Math.min(other.length, bytes.length - at));
                    System.arraycopy(other, random.nextInt(other.length - count + 1), bytes, at, count);
                }
                default -> { // a piece doubled or dropped
                    int count = random.nextInt(Math.min(60, bytes.length - at));
                    boolean doubled = random.nextBoolean();
                    byte[] edited = new byte[bytes.length + (doubled ? count : -count)];
                    System.arraycopy(bytes, 0, edited, 0, at);
                    int tail = doubled ? at : at + count;
                    int room = doubled ? at + count : at;
                    System.arraycopy(bytes, at, edited, at, Math.min(count, edited.length - at));
                    System.arraycopy(bytes, tail, edited, room, bytes.length - tail);
                    bytes = edited;
                }
            }
            if (bytes.length < 9) {
                return bytes;
            }
        }
        return bytes;
    }
}
