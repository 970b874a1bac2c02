package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import javax.imageio.ImageWriteParam;
import javax.imageio.plugins.bmp.BMPImageWriteParam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BmpDecoderTest {
    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyPixelOfGreyAndColourIsExact(boolean topDown) throws Exception {
        Consumer<ImageWriteParam> settings = param -> ((BMPImageWriteParam) param).setTopDown(topDown);
        for (int width : new int[] {1, 2, 3, 4, 29}) {
            for (int channels : new int[] {1, 3}) {
                Raster original = Pictures.raster(width, 17, channels, 3);
                Raster decoded = decode(Pictures.encode(Pictures.image(original), "bmp", settings));
                assertThat(decoded.channels()).isEqualTo(channels);
                assertThat(decoded.samples()).isEqualTo(original.samples());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, BI_RGB", "4, BI_RGB", "8, BI_RGB", "4, BI_RLE4", "8, BI_RLE8"})
    void palettesAreLookedUp(int bits, String compression) throws Exception {
        int[] colours = Pictures.colours(bits);
        BufferedImage image = Pictures.indexed(45, 13, bits, colours);
        Raster decoded = decode(Pictures.encode(image, "bmp", Pictures.compressed(compression)));
        for (int i = 0; i < 45 * 13; i++) {
            byte[] s = decoded.samples();
            int rgb = (s[3 * i] & 0xFF) << 16 | (s[3 * i + 1] & 0xFF) << 8 | (s[3 * i + 2] & 0xFF);
            assertThat(rgb).isEqualTo(colours[Pictures.index(i % 45, i / 45, bits)] & 0xFFFFFF);
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 31, 63", "9, 31, 31"})
    void sixteenBitFieldsAreStretched(int type, int maxRedBlue, int maxGreen) throws Exception {
        BufferedImage image = new BufferedImage(9, 5, type); // TYPE_USHORT_565_RGB, TYPE_USHORT_555_RGB
        for (int i = 0; i < 45; i++) {
            image.getRaster().setPixel(i % 9, i / 9, new int[] {
                i % (maxRedBlue + 1), i * 7 % (maxGreen + 1), i * 3 % (maxRedBlue + 1)
            });
        }
        Raster decoded = decode(Pictures.encode(image, "bmp", Pictures.compressed("BI_BITFIELDS")));
        for (int i = 0; i < 45; i++) {
            assertThat(decoded.samples()[3 * i] & 0xFF)
                    .isEqualTo((int) Math.round(i % (maxRedBlue + 1) * 255.0 / maxRedBlue));
            assertThat(decoded.samples()[3 * i + 1] & 0xFF)
                    .isEqualTo((int) Math.round(i * 7 % (maxGreen + 1) * 255.0 / maxGreen));
            assertThat(decoded.samples()[3 * i + 2] & 0xFF)
                    .isEqualTo((int) Math.round(i * 3 % (maxRedBlue + 1) * 255.0 / maxRedBlue));
        }
    }

    @Test
    void thirtyTwoBitsAreReadWithoutTheirAlpha() throws Exception {
        byte[] bmp = bmp(2, 1, 32, 0, new byte[] {3, 2, 1, 0, 6, 5, 4, (byte) 0xFF});
        assertThat(decode(bmp).samples()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void runsMayJumpAndEndEarly() throws Exception {
        // one pixel of colour 1, a jump by (1, 1), two literal pixels and one of padding, end
        byte[] bmp = bmp(4, 2, 8, 1, new byte[] {1, 1, 0, 2, 1, 1, 2, 2, 0, 1});
        assertThat(Pictures.unsigned(decode(bmp).samples())).containsExactly(0, 0, 2, 2, 1, 0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "24, 1, compression 1",
        "24, 4, compression 4",
        "8, 2, compression 2",
        "7, 0, 7 bits",
        "24, 0, ends before",
    })
    void whatCannotBeReadIsNamed(int bits, int compression, String message) {
        assertThatThrownBy(() -> decode(bmp(4, 2, bits, compression, new byte[10])))
                .isInstanceOfSatisfying(
                        ImageRejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.UNREADABLE))
                .hasMessageContaining(message);
    }

    @Test
    void aRunMayNotLeaveTheImage() {
        assertThatThrownBy(() -> decode(bmp(4, 2, 8, 1, new byte[] {5, 1, 0, 1})))
                .hasMessageContaining("run leaves");
        assertThatThrownBy(() -> decode(bmp(4, 2, 8, 1, new byte[] {0, 2, 0, 9})))
                .hasMessageContaining("jump leaves");
    }

    /** A file whose palette, for up to 8 bits, is the greys 0 to 3. */
    private static byte[] bmp(int width, int height, int bits, int compression, byte[] data) {
        int colours = bits <= 8 ? 4 : 0;
        int offset = 54 + 4 * colours;
        ByteBuffer file = ByteBuffer.allocate(offset + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(file.capacity()).putInt(0).putInt(offset);
        file.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) bits);
        file.putInt(compression).putInt(data.length).putLong(0).putInt(colours).putInt(0);
        for (int i = 0; i < colours; i++) {
            file.putInt(i * 0x010101);
        }
        return file.put(data).array();
    }

    private Raster decode(byte[] bmp) throws ImageRejectedException {
        return decoder.decode(bmp, "image/bmp");
    }
}
