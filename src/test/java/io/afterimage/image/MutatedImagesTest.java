package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand damaged files: each is a picture or a rejection, and none takes more than its limits allow. */
class MutatedImagesTest {
    private static final int MUTATIONS_PER_FORMAT = 2_500;
    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 250_000);
    /** Samples, the JDK's line buffers and a thread's own scratch. */
    private static final long MOST_ALLOCATED = 3 * LIMITS.maxPixels() + (1 << 20);

    private final ImageDecoder decoder = new ImageDecoder(LIMITS);

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void eachIsAPictureOrARejection(ImageFormat format) throws Exception {
        List<byte[]> files = files(format);
        for (byte[] file : files) {
            decoder.decode(file, null);
        }
        Random random = new Random(20_261_101L + format.name().hashCode());
        int pictures = 0;
        int rejections = 0;
        for (int i = 0; i < MUTATIONS_PER_FORMAT; i++) {
            byte[] mutated = mutate(files.get(random.nextInt(files.size())), files, random);
            if (format == ImageFormat.PNG && random.nextInt(4) > 0) {
                PngFile.repairChecksums(mutated);
            }
            long before = Allocation.soFar();
            Object outcome = decode(mutated);
            long allocated = Allocation.soFar() - before;
            assertThat(allocated).as("mutation %d: %s", i, outcome).isLessThan(MOST_ALLOCATED);
            if (outcome instanceof Raster raster) {
                assertThat((long) raster.width() * raster.height()).isLessThanOrEqualTo(LIMITS.maxPixels());
                pictures++;
            } else if (outcome instanceof ImageRejectedException e) {
                boolean ownDefect = format != ImageFormat.JPEG && e.getCause() instanceof RuntimeException;
                assertThat(ownDefect).as("mutation %d: %s", i, e.getCause()).isFalse();
                rejections++;
            }
        }
        assertThat(pictures).isPositive();
        assertThat(rejections).isGreaterThan(MUTATIONS_PER_FORMAT / 20);
    }

    private Object decode(byte[] mutated) {
        try {
            return decoder.decode(mutated, null);
        } catch (ImageRejectedException e) {
            return e;
        }
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
