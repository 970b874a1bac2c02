package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.imageio.ImageWriteParam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PngDecoderTest {
    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

    static Stream<Arguments> sizesAndInterlacing() {
        return Stream.of(1, 2, 3, 5, 8, 28, 61)
                .flatMap(width -> Stream.of(1, 4, 7, 33).map(height -> new int[] {width, height}))
                .flatMap(size -> Stream.of(
                        Arguments.of(size[0], size[1], Pictures.NOT_PROGRESSIVE),
                        Arguments.of(size[0], size[1], Pictures.PROGRESSIVE)));
    }

    @ParameterizedTest
    @MethodSource("sizesAndInterlacing")
    void everyPixelOfGreyAndColourIsExact(int width, int height, Consumer<ImageWriteParam> settings) throws Exception {
        for (int channels : new int[] {1, 3}) {
            Raster original = Pictures.raster(width, height, channels, 7);
            Raster decoded = decode(Pictures.encode(Pictures.image(original), "png", settings));
            assertSame(decoded, original);
        }
    }

    @ParameterizedTest
    @MethodSource("sizesAndInterlacing")
    void alphaIsLaidOverBlack(int width, int height, Consumer<ImageWriteParam> settings) throws Exception {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        byte[] expected = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int[] rgba = {x * 9 & 0xFF, y * 11 & 0xFF, 255 - x, (x + y) * 31 & 0xFF};
                image.getRaster().setPixel(x, y, rgba);
                for (int c = 0; c < 3; c++) {
                    expected[(y * width + x) * 3 + c] = (byte) Math.round(rgba[c] * rgba[3] / 255.0);
                }
            }
        }
        Raster decoded = decode(Pictures.encode(image, "png", settings));
        assertThat(decoded.samples()).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("sizesAndInterlacing")
    void sixteenBitsAreRoundedToEight(int width, int height, Consumer<ImageWriteParam> settings) throws Exception {
        for (int channels : new int[] {1, 3}) {
            BufferedImage image = sixteenBit(width, height, channels);
            byte[] expected = new byte[width * height * channels];
            for (int i = 0; i < expected.length; i++) {
                int value = i * 2657 % 65_536;
                image.getRaster().setSample(i / channels % width, i / channels / width, i % channels, value);
                expected[i] = (byte) Math.round(value / 257.0);
            }
            assertThat(decode(Pictures.encode(image, "png", settings)).samples())
                    .isEqualTo(expected);
        }
    }

    private static BufferedImage sixteenBit(int width, int height, int channels) {
        ColorSpace space = ColorSpace.getInstance(channels == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
        ColorModel model = new ComponentColorModel(space, false, false, ColorModel.OPAQUE, DataBuffer.TYPE_USHORT);
        WritableRaster raster = model.createCompatibleWritableRaster(width, height);
        return new BufferedImage(model, raster, false, null);
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "4, false", "8, false", "1, true", "2, true", "4, true", "8, true"})
    void palettesAreLookedUp(int bits, boolean interlaced) throws Exception {
        int[] colours = Pictures.colours(bits);
        Raster decoded = decode(Pictures.encode(
                Pictures.indexed(37, 21, bits, colours),
                "png",
                interlaced ? Pictures.PROGRESSIVE : Pictures.NOT_PROGRESSIVE));
        assertThat(decoded.channels()).isEqualTo(3);
        for (int y = 0; y < 21; y++) {
            for (int x = 0; x < 37; x++) {
                int at = (y * 37 + x) * 3;
                byte[] s = decoded.samples();
                int rgb = (s[at] & 0xFF) << 16 | (s[at + 1] & 0xFF) << 8 | (s[at + 2] & 0xFF);
                assertThat(rgb).isEqualTo(colours[Pictures.index(x, y, bits)] & 0xFFFFFF);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "4", "8"})
    void aPaletteOfGreysHasOneChannel(int bits) throws Exception {
        int[] greys = Pictures.greys(bits);
        Raster decoded = decode(Pictures.encode(Pictures.indexed(19, 9, bits, greys), "png", Pictures.PLAIN));
        assertThat(decoded.channels()).isEqualTo(1);
        for (int i = 0; i < 19 * 9; i++) {
            assertThat(decoded.samples()[i] & 0xFF).isEqualTo(greys[Pictures.index(i % 19, i / 19, bits)] & 0xFF);
        }
    }

    @Test
    void greyBelowEightBitsIsStretched() throws Exception {
        byte[] rows = {0, 0b00_01_10_11, 0, (byte) 0b11_10_01_00};
        byte[] png = new PngFile()
                .header(4, 2, 2, PngHeader.GREY)
                .chunk("IDAT", PngFile.deflate(rows))
                .end();
        assertThat(Pictures.unsigned(decode(png).samples())).containsExactly(0, 85, 170, 255, 255, 170, 85, 0);
    }

    @Test
    void transparentEntriesAndColoursAreBlack() throws Exception {
        byte[] indexed = new PngFile()
                .header(2, 1, 8, PngHeader.INDEXED)
                .chunk("PLTE", new byte[] {(byte) 200, 100, 50, 10, 20, 30})
                .chunk("tRNS", new byte[] {0})
                .chunk("IDAT", PngFile.deflate(new byte[] {0, 0, 1}))
                .end();
        assertThat(decode(indexed).samples()).containsExactly(0, 0, 0, 10, 20, 30);
        byte[] keyed = new PngFile()
                .header(2, 1, 8, PngHeader.RGB)
                .chunk("tRNS", new byte[] {0, 1, 0, 2, 0, 3})
                .chunk("IDAT", PngFile.deflate(new byte[] {0, 1, 2, 3, 1, 2, 4}))
                .end();
        assertThat(decode(keyed).samples()).containsExactly(0, 0, 0, 1, 2, 4);
        byte[] greyAlpha = new PngFile()
                .header(2, 1, 8, PngHeader.GREY_ALPHA)
                .chunk("IDAT", PngFile.deflate(new byte[] {0, 100, (byte) 255, 100, 51}))
                .end();
        assertThat(decode(greyAlpha).samples()).containsExactly(100, 20);
    }

    @Test
    void everyFilterIsUndone() throws Exception {
        byte[] rows = {0, 10, 20, 30, 1, 5, 5, 5, 2, 1, 1, 1, 3, 4, 4, 4, 4, 2, 2, 2};
        byte[] png = new PngFile()
                .header(3, 5, 8, PngHeader.GREY)
                .chunk("IDAT", PngFile.deflate(rows))
                .end();
        // average: 4 + (0+6)/2, 4 + (7+11)/2, 4 + (13+16)/2; Paeth predicts above, then left or above by distance
        assertThat(decode(png).samples()).containsExactly(10, 20, 30, 5, 10, 15, 6, 11, 16, 7, 13, 18, 9, 15, 20);
    }

    @Test
    void pixelDataMayBeCutAnywhere() throws Exception {
        Raster original = Pictures.raster(20, 20, 1, 3);
        byte[] rows = new byte[20 * 21];
        for (int y = 0; y < 20; y++) {
            System.arraycopy(original.samples(), y * 20, rows, y * 21 + 1, 20);
        }
        byte[] deflated = PngFile.deflate(rows);
        PngFile file = new PngFile().header(20, 20, 8, PngHeader.GREY).chunk("tEXt", new byte[] {'a', 0, 'b'});
        for (byte b : deflated) {
            file.chunk("IDAT", new byte[] {b}).chunk("IDAT", new byte[0]);
        }
        assertSame(decode(file.end()), original);
    }

    @Test
    void aFlippedBitIsNotAPicture() {
        byte[] png = Pictures.encode(Pictures.image(Pictures.raster(28, 28, 1, 5)), "png", Pictures.PLAIN);
        png[png.length / 2] ^= 4;
        assertThatThrownBy(() -> decode(png))
                .isInstanceOfSatisfying(
                        ImageRejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.UNREADABLE))
                .hasMessageContaining("checksum");
    }

    @Test
    void missingPartsAreNamed() {
        assertUnreadable(new PngFile().header(4, 4, 8, PngHeader.GREY).end(), "no pixel data");
        assertUnreadable(new PngFile().chunk("IDAT", new byte[4]).end(), "first chunk is not a header");
        assertUnreadable(
                new PngFile()
                        .header(1, 1, 8, PngHeader.INDEXED)
                        .chunk("IDAT", PngFile.deflate(new byte[2]))
                        .end(),
                "without a palette");
        assertUnreadable(
                new PngFile()
                        .header(1, 1, 8, PngHeader.INDEXED)
                        .chunk("PLTE", new byte[3])
                        .chunk("IDAT", PngFile.deflate(new byte[] {0, 7}))
                        .end(),
                "colour 7 of a palette of 1");
        assertUnreadable(
                new PngFile()
                        .header(4, 4, 8, PngHeader.GREY)
                        .chunk("IDAT", PngFile.deflate(new byte[19]))
                        .end(),
                "ends before the image");
        assertUnreadable(
                new PngFile()
                        .header(1, 1, 8, PngHeader.GREY)
                        .chunk("IDAT", PngFile.deflate(new byte[] {9, 0}))
                        .end(),
                "filter 9");
        assertUnreadable(
                new PngFile()
                        .header(1, 1, 3, PngHeader.GREY)
                        .chunk("IDAT", new byte[1])
                        .end(),
                "depth 3");
    }

    private void assertUnreadable(byte[] png, String message) {
        assertThatThrownBy(() -> decode(png))
                .isInstanceOfSatisfying(
                        ImageRejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.UNREADABLE))
                .hasMessageContaining(message);
    }

    private Raster decode(byte[] png) throws ImageRejectedException {
        return decoder.decode(png, "image/png");
    }

    private static void assertSame(Raster decoded, Raster original) {
        assertThat(decoded.width()).isEqualTo(original.width());
        assertThat(decoded.height()).isEqualTo(original.height());
        assertThat(decoded.channels()).isEqualTo(original.channels());
        assertThat(decoded.samples()).isEqualTo(original.samples());
    }
}
