package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JpegDecoderTest {
    private static final int APP0_BYTES = 18;

    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

    static Stream<Arguments> kinds() {
        return Stream.of(1, 3)
                .flatMap(channels -> Stream.of(
                        Arguments.of(channels, Pictures.NOT_PROGRESSIVE),
                        Arguments.of(channels, Pictures.PROGRESSIVE)));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void pixelsAreThoseOfTheJdk(int channels, Consumer<ImageWriteParam> settings) throws Exception {
        for (int[] size : new int[][] {{1, 1}, {8, 8}, {28, 28}, {65, 31}, {300, 200}}) {
            byte[] jpeg = jpeg(size[0], size[1], channels, settings);
            Raster decoded = decoder.decode(jpeg, "image/jpeg");
            assertThat(decoded.width()).isEqualTo(size[0]);
            assertThat(decoded.height()).isEqualTo(size[1]);
            assertThat(decoded.channels()).isEqualTo(channels);
            assertThat(Pictures.unsigned(decoded.samples())).isEqualTo(referencePixels(jpeg));
        }
    }

    private static int[] referencePixels(byte[] jpeg) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
        return image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
    }

    @Test
    void theReaderSurvivesADamagedImage() throws Exception {
        byte[] jpeg = jpeg(28, 28, 3, Pictures.PLAIN);
        byte[] damaged = jpeg.clone();
        Arrays.fill(damaged, jpeg.length - 60, jpeg.length - 2, (byte) 0);
        Raster before = decoder.decode(jpeg, null);
        assertUnreadable(damaged, "");
        assertThat(decoder.decode(jpeg, null).samples()).isEqualTo(before.samples());
    }

    @Test
    void withoutJfifMarkerThreeComponentsAreStillLumaAndChroma() throws Exception {
        byte[] jpeg = jpeg(32, 32, 3, Pictures.PLAIN);
        byte[] bare = join(Arrays.copyOf(jpeg, 2), Arrays.copyOfRange(jpeg, 2 + APP0_BYTES, jpeg.length));
        assertThat(decoder.decode(bare, null).samples())
                .isEqualTo(decoder.decode(jpeg, null).samples());
    }

    @Test
    void whatIsNotNeededForThePixelsIsPassedOver() throws Exception {
        byte[] jpeg = jpeg(32, 32, 3, Pictures.PLAIN);
        byte[] brokenProfile = segment(0xE2, "ICC_PROFILE\0\1\1 not a profile".getBytes(StandardCharsets.US_ASCII));
        byte[] comment = segment(0xFE, new byte[60_000]);
        byte[] withExtras = join(
                Arrays.copyOf(jpeg, 2 + APP0_BYTES),
                brokenProfile,
                comment,
                Arrays.copyOfRange(jpeg, 2 + APP0_BYTES, jpeg.length),
                "trailing bytes".getBytes(StandardCharsets.US_ASCII));
        assertThat(decoder.decode(withExtras, null).samples())
                .isEqualTo(decoder.decode(jpeg, null).samples());
    }

    @Test
    void aSecondFrameHeaderIsRefused() {
        byte[] jpeg = jpeg(32, 32, 1, Pictures.PLAIN);
        byte[] forged =
                segment(0xC0, new byte[] {8, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 1, 1, 0x11, 0});
        int frame = frameHeader(jpeg);
        byte[] honest = Arrays.copyOfRange(jpeg, frame, frame + 13);
        byte[] twice =
                join(Arrays.copyOf(jpeg, frame), honest, honest, Arrays.copyOfRange(jpeg, frame + 13, jpeg.length));
        assertUnreadable(twice, "second frame");
        byte[] forgedFirst = join(Arrays.copyOf(jpeg, frame), forged, Arrays.copyOfRange(jpeg, frame, jpeg.length));
        assertThatThrownBy(() -> decoder.decode(forgedFirst, null))
                .isInstanceOfSatisfying(
                        ImageRejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.TOO_MANY_PIXELS));
    }

    @Test
    void whatCannotBeReadIsNamed() {
        byte[] jpeg = jpeg(16, 16, 1, Pictures.PLAIN);
        int frame = frameHeader(jpeg);
        byte[] twelveBits = jpeg.clone();
        twelveBits[frame + 4] = 12;
        assertUnreadable(twelveBits, "12 bits per sample");
        byte[] cmyk = jpeg.clone();
        cmyk[frame + 9] = 4;
        assertUnreadable(cmyk, "CMYK");
        byte[] lossless = jpeg.clone();
        lossless[frame + 1] = (byte) 0xC3;
        assertUnreadable(lossless, "marker C3");
        byte[] tall = jpeg.clone();
        tall[frame + 5] = 60;
        assertUnreadable(tall, "ends before the image");
    }

    @Test
    void scansWithoutEndAreRefused() {
        byte[] jpeg = jpeg(64, 64, 1, Pictures.PROGRESSIVE);
        int lastScan = lastIndexOf(jpeg, 0xDA);
        byte[] scan = Arrays.copyOfRange(jpeg, lastScan, jpeg.length - 2);
        ByteArrayOutputStream endless = new ByteArrayOutputStream();
        endless.writeBytes(Arrays.copyOf(jpeg, jpeg.length - 2));
        for (int i = 0; i < 100; i++) {
            endless.writeBytes(scan);
        }
        endless.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD9});
        assertUnreadable(endless.toByteArray(), "more than 100 scans");
    }

    private static byte[] jpeg(int width, int height, int channels, Consumer<ImageWriteParam> settings) {
        return Pictures.encode(Pictures.image(Pictures.raster(width, height, channels, 11)), "jpeg", settings);
    }

    private static int frameHeader(byte[] jpeg) {
        return lastIndexOf(jpeg, 0xC0);
    }

    private static int lastIndexOf(byte[] jpeg, int marker) {
        for (int i = jpeg.length - 2; i >= 0; i--) {
            if ((jpeg[i] & 0xFF) == 0xFF && (jpeg[i + 1] & 0xFF) == marker) {
                return i;
            }
        }
        throw new AssertionError("no marker %02X".formatted(marker));
    }

    private static byte[] segment(int marker, byte[] content) {
        int length = content.length + 2;
        return join(new byte[] {(byte) 0xFF, (byte) marker, (byte) (length >> 8), (byte) length}, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private void assertUnreadable(byte[] jpeg, String message) {
        assertThatThrownBy(() -> decoder.decode(jpeg, null))
                .isInstanceOfSatisfying(
                        ImageRejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.UNREADABLE))
                .hasMessageContaining(message);
    }
}
