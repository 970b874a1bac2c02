package io.afterimage.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Pictures to decode, and the JDK's writers as an independent source of encoded ones. */
public final class Pictures {
    public static final Consumer<ImageWriteParam> PLAIN = param -> {};
    public static final Consumer<ImageWriteParam> PROGRESSIVE =
            param -> param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    public static final Consumer<ImageWriteParam> NOT_PROGRESSIVE =
            param -> param.setProgressiveMode(ImageWriteParam.MODE_DISABLED);

    private Pictures() {}

    public static Consumer<ImageWriteParam> compressed(String type) {
        return param -> {
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionType(type);
        };
    }

    /** Slopes with noise on them, so that every filter and code has something to do. */
    public static Raster raster(int width, int height, int channels, long seed) {
        Random random = new Random(seed);
        byte[] samples = new byte[width * height * channels];
        for (int i = 0; i < samples.length; i++) {
            int x = i / channels % width;
            int y = i / channels / width;
            int c = i % channels;
            samples[i] = (byte) (x * (5 + 3 * c) + y * (7 - 2 * c) + random.nextInt(24));
        }
        return new Raster(width, height, channels, samples);
    }

    /** The raster as the JDK's 8-bit grey or BGR image. */
    public static BufferedImage image(Raster raster) {
        boolean grey = raster.channels() == 1;
        BufferedImage image = new BufferedImage(
                raster.width(), raster.height(), grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        image.getRaster().setPixels(0, 0, raster.width(), raster.height(), unsigned(raster.samples()));
        return image;
    }

    public static int[] unsigned(byte[] samples) {
        return IntStream.range(0, samples.length).map(i -> samples[i] & 0xFF).toArray();
    }

    /** An indexed picture of the given depth; index of a pixel: {@link #index}. */
    public static BufferedImage indexed(int width, int height, int bits, int[] argb) {
        IndexColorModel colours = new IndexColorModel(bits, 1 << bits, argb, 0, true, -1, DataBuffer.TYPE_BYTE);
        int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
        BufferedImage image = new BufferedImage(width, height, type, colours);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.getRaster().setSample(x, y, 0, index(x, y, bits));
            }
        }
        return image;
    }

    public static int index(int x, int y, int bits) {
        return (x / 3 * 5 + y / 2 * 3) % (1 << bits);
    }

    /** {@code 1 << bits} distinct opaque colours. */
    public static int[] colours(int bits) {
        return IntStream.range(0, 1 << bits)
                .map(i -> 0xFF000000 | (i * 37 & 0xFF) << 16 | (255 - i) << 8 | (i * 91 & 0xFF))
                .toArray();
    }

    public static int[] greys(int bits) {
        int top = (1 << bits) - 1;
        return IntStream.rangeClosed(0, top)
                .map(i -> 0xFF000000 | i * 255 / top * 0x010101)
                .toArray();
    }

    public static byte[] encode(BufferedImage image, String format, Consumer<ImageWriteParam> settings) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            settings.accept(param);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
