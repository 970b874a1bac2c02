package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
    private static final long KIB = 1024;
    private static final byte[] BOMB = PngFile.bomb(200);

    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

    static byte[] file(ImageFormat format, int width, int height) {
        return Pictures.encode(Pictures.image(Pictures.raster(width, height, 1, 1)), format.name(), Pictures.PLAIN);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "image/png",
                "IMAGE/PNG; q=1",
                " image/png ;charset",
                "image/jpeg",
                "image/x-unheard-of",
                "application/octet-stream"
            })
    void anImageTypeOrNoneLeavesItToTheBytes(@Nullable String contentType) throws Exception {
        assertThat(decoder.decode(file(ImageFormat.PNG, 5, 4), contentType).width())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/json; charset=utf-8", "video/mp4", "imagepng"})
    void anotherTypeIsRefusedEvenForAnImage(String contentType) {
        assertThat(rejection(file(ImageFormat.PNG, 5, 4), contentType)).isEqualTo(Rejection.UNSUPPORTED_CONTENT_TYPE);
    }

    @Test
    void theFirstReasonThatAppliesIsGiven() {
        assertThat(rejection(null, "text/plain")).isEqualTo(Rejection.EMPTY);
        assertThat(rejection(new byte[0], null)).isEqualTo(Rejection.EMPTY);
        assertThat(rejection(new byte[9 << 20], "text/plain")).isEqualTo(Rejection.TOO_MANY_BYTES);
        assertThat(rejection("hello".getBytes(StandardCharsets.UTF_8), null)).isEqualTo(Rejection.UNKNOWN_FORMAT);
        assertThat(rejection(new byte[] {0}, "image/png")).isEqualTo(Rejection.UNKNOWN_FORMAT);
    }

    @Test
    void theLimitsThemselvesAreAllowed() throws Exception {
        byte[] png = file(ImageFormat.PNG, 10, 10);
        assertThat(new ImageDecoder(new ImageLimits(png.length, 100))
                        .decode(png, null)
                        .height())
                .isEqualTo(10);
        assertThat(rejection(new ImageDecoder(new ImageLimits(png.length - 1, 100)), png))
                .isEqualTo(Rejection.TOO_MANY_BYTES);
        assertThat(rejection(new ImageDecoder(new ImageLimits(png.length, 99)), png))
                .isEqualTo(Rejection.TOO_MANY_PIXELS);
    }

    @ParameterizedTest
    @EnumSource
    void aSinglePixelIsAnImage(ImageFormat format) throws Exception {
        byte[] file = file(format, 1, 1);
        assertThat(ImageFormat.detect(file)).contains(format);
        assertThat(decoder.decode(file, format.mediaType()).samples()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void truncatedAnywhereItIsRefusedOrComplete(ImageFormat format) throws Exception {
        byte[] file = file(format, 28, 28);
        byte[] whole = decoder.decode(file, null).samples();
        int refused = 0;
        for (int length = 1; length < file.length; length++) {
            byte[] truncated = Arrays.copyOf(file, length);
            try {
                assertThat(decoder.decode(truncated, null).samples()).isEqualTo(whole);
            } catch (ImageRejectedException e) {
                assertThat(e.reason()).isIn(Rejection.UNREADABLE, Rejection.UNKNOWN_FORMAT);
                refused++;
            }
        }
        // Only a GIF has bytes after its last pixel: end code, block terminator, trailer.
        assertThat(refused).isGreaterThanOrEqualTo(file.length - 1 - (format == ImageFormat.GIF ? 4 : 0));
    }

    @ParameterizedTest
    @EnumSource
    void aForgedHeaderCostsNothing(ImageFormat format) throws Exception {
        byte[] file = file(format, 28, 28);
        forgeSides(file, format, 60_000, 60_000);
        long allocated =
                Allocation.ofSecondRun(() -> assertThat(rejection(file, null)).isEqualTo(Rejection.TOO_MANY_PIXELS));
        assertThat(allocated).isLessThan(64 * KIB);
    }

    @ParameterizedTest
    @EnumSource
    void sidesWithinTheLimitAreNotBelievedWithoutTheData(ImageFormat format) throws Exception {
        byte[] file = file(format, 28, 28);
        forgeSides(file, format, 6_000, 6_000);
        long allocated =
                Allocation.ofSecondRun(() -> assertThat(rejection(file, null)).isEqualTo(Rejection.UNREADABLE));
        assertThat(allocated).isLessThan(64 * KIB);
    }

    private static void forgeSides(byte[] file, ImageFormat format, int width, int height) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        switch (format) {
            case PNG -> {
                bytes.putInt(16, width).putInt(20, height);
                PngFile.repairChecksums(file);
            }
            case JPEG -> {
                int frame = IntStream.range(0, file.length)
                        .filter(i -> (bytes.getShort(i) & 0xFFFF) == 0xFFC0)
                        .findFirst()
                        .orElseThrow();
                bytes.putShort(frame + 5, (short) height).putShort(frame + 7, (short) width);
            }
            case BMP -> bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(18, width).putInt(22, height);
            case GIF -> {
                int frame = IntStream.range(13 + 3 * 256, file.length)
                        .filter(i -> file[i] == ',')
                        .findFirst()
                        .orElseThrow();
                bytes.order(ByteOrder.LITTLE_ENDIAN)
                        .putShort(frame + 5, (short) width)
                        .putShort(frame + 7, (short) height);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zTXt", "iTXt", "iCCP", "eXIf"})
    void compressedChunksBesideThePixelsAreNotInflated(String type) throws Exception {
        ByteBuffer content = ByteBuffer.allocate(BOMB.length + 6);
        content.put((byte) 'k').put(type.equals("iTXt") ? new byte[] {0, 1, 0, 0, 0} : new byte[] {0, 0});
        byte[] png = new PngFile()
                .header(2, 2, 8, PngHeader.GREY)
                .chunk(type, content.put(BOMB).array())
                .chunk("IDAT", PngFile.deflate(new byte[] {0, 1, 2, 0, 3, 4}))
                .end();
        long allocated = Allocation.ofSecondRun(
                () -> assertThat(decoder.decode(png, null).samples()).containsExactly(1, 2, 3, 4));
        assertThat(allocated).isLessThan(64 * KIB);
    }

    @Test
    void pixelDataIsInflatedOnlyAsFarAsTheHeaderSays() throws Exception {
        byte[] png = new PngFile()
                .header(28, 28, 8, PngHeader.GREY)
                .chunk("IDAT", BOMB)
                .end();
        long allocated = Allocation.ofSecondRun(
                () -> assertThat(decoder.decode(png, null).samples()).containsOnly(0));
        assertThat(allocated).isLessThan(64 * KIB);
    }

    @Test
    void threadsDoNotDisturbEachOther() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Void> work = () -> {
                for (int i = 0; i < 200; i++) {
                    Raster original = Pictures.raster(20 + i % 9, 30, 1, i);
                    byte[] png = new PngEncoder().encode(original);
                    assertThat(decoder.decode(png, null).samples()).isEqualTo(original.samples());
                    assertThat(decoder.decode(file(ImageFormat.JPEG, 20 + i % 9, 30), null)
                                    .width())
                            .isEqualTo(20 + i % 9);
                }
                return null;
            };
            for (Future<Void> done : threads.invokeAll(List.of(work, work, work, work))) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void limitsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new ImageLimits(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ImageLimits(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ImageLimits(1, 1L << 40)).isInstanceOf(IllegalArgumentException.class);
    }

    private Rejection rejection(byte @Nullable [] encoded, @Nullable String contentType) {
        return catchThrowableOfType(ImageRejectedException.class, () -> decoder.decode(encoded, contentType))
                .reason();
    }

    private static Rejection rejection(ImageDecoder decoder, byte[] encoded) {
        return catchThrowableOfType(ImageRejectedException.class, () -> decoder.decode(encoded, null))
                .reason();
    }
}
