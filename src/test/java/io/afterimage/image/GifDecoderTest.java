package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GifDecoderTest {
    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "4, false", "8, false", "1, true", "2, true", "4, true", "8, true"})
    void everyPixelIsExact(int bits, boolean interlaced) throws Exception {
        int[] colours = Pictures.colours(bits);
        for (int[] size : new int[][] {{1, 1}, {3, 2}, {28, 28}, {61, 9}, {400, 300}}) {
            byte[] gif = Pictures.encode(
                    Pictures.indexed(size[0], size[1], bits, colours),
                    "gif",
                    interlaced ? Pictures.PROGRESSIVE : Pictures.NOT_PROGRESSIVE);
            Raster decoded = decoder.decode(gif, "image/gif");
            assertThat(decoded.width()).isEqualTo(size[0]);
            assertThat(decoded.height()).isEqualTo(size[1]);
            assertThat(decoded.channels()).isEqualTo(3);
            for (int i = 0; i < size[0] * size[1]; i++) {
                byte[] s = decoded.samples();
                int rgb = (s[3 * i] & 0xFF) << 16 | (s[3 * i + 1] & 0xFF) << 8 | (s[3 * i + 2] & 0xFF);
                assertThat(rgb).isEqualTo(colours[Pictures.index(i % size[0], i / size[0], bits)] & 0xFFFFFF);
            }
        }
    }

    @Test
    void greyGivesOneChannelThroughManyFullCodeTables() throws Exception {
        Raster original = Pictures.raster(500, 400, 1, 9);
        byte[] gif = Pictures.encode(Pictures.image(original), "gif", Pictures.PLAIN);
        Raster decoded = decoder.decode(gif, null);
        assertThat(decoded.channels()).isEqualTo(1);
        assertThat(decoded.samples()).isEqualTo(original.samples());
    }

    @Test
    void theFrameLiesOnItsCanvasAndTransparentIsBlack() throws Exception {
        Raster decoded = decoder.decode(gif(4, 3, 1, 1, 2, 1), null);
        assertThat(decoded.width()).isEqualTo(4);
        assertThat(Pictures.unsigned(decoded.samples())).containsExactly(0, 0, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void aFrameBeyondTheScreenMakesTheCanvasLarger() throws Exception {
        Raster decoded = decoder.decode(gif(1, 1, 2, 0, 2, 1), null);
        assertThat(decoded.width()).isEqualTo(4);
        assertThat(Pictures.unsigned(decoded.samples())).containsExactly(0, 0, 40, 0);
    }

    @Test
    void aFrameBeyondTheLimitIsRefusedWhateverTheScreenSays() {
        for (byte[] gif : new byte[][] {gif(1, 1, 0, 0, 60_000, 60_000), gif(1, 1, 60_000, 60_000, 2, 1)}) {
            assertThatThrownBy(() -> decoder.decode(gif, null))
                    .isInstanceOfSatisfying(
                            ImageRejectedException.class,
                            e -> assertThat(e.reason()).isEqualTo(Rejection.TOO_MANY_PIXELS));
        }
    }

    @Test
    void pixelsThatAreMissingAreARejection() {
        assertThatThrownBy(() -> decoder.decode(gif(3, 1, 0, 0, 3, 1), null))
                .isInstanceOfSatisfying(
                        ImageRejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.UNREADABLE));
    }

    /** Greys 0, 40, 80, 120, of which the third is transparent; the data holds the pixels 1 and 2. */
    private static byte[] gif(int screenWidth, int screenHeight, int left, int top, int width, int height) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {'G', 'I', 'F', '8', '9', 'a'});
        shorts(out, screenWidth, screenHeight);
        out.writeBytes(new byte[] {(byte) 0x81, 0, 0, 0, 0, 0, 40, 40, 40, 80, 80, 80, 120, 120, 120});
        out.writeBytes(new byte[] {'!', (byte) 0xFE, 1, 'c', 0});
        out.writeBytes(new byte[] {'!', (byte) 0xF9, 4, 1, 0, 0, 2, 0});
        out.write(',');
        shorts(out, left, top, width, height);
        // 3-bit codes: clear (4), 1, 2, end (5)
        int codes = 4 | 1 << 3 | 2 << 6 | 5 << 9;
        out.writeBytes(new byte[] {0, 2, 2, (byte) codes, (byte) (codes >> 8), 0, ';'});
        return out.toByteArray();
    }

    private static void shorts(ByteArrayOutputStream out, int... values) {
        Arrays.stream(values).forEach(value -> {
            out.write(value);
            out.write(value >> 8);
        });
    }
}
