package io.afterimage.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStreamImpl;
import org.jspecify.annotations.Nullable;

/**
 * Reads baseline and progressive JPEG, grey and colour, with the JDK's decoder. Orientation and colour profiles are not
 * applied. What the decoder only warns about, such as data that breaks off or does not fit its code table, is a rejection
 * here: a picture with grey where pixels are missing would be scored as an anomaly. For one thread at a time: it keeps its
 * reader.
 */
final class JpegDecoder {
    private static final ColorModel GREY = colorModel(ColorSpace.CS_GRAY);
    private static final ColorModel RGB = colorModel(ColorSpace.CS_sRGB);
    private static final int[] GREY_BANDS = {0};
    private static final int[] RGB_BANDS = {0, 1, 2};

    private final ImageLimits limits;
    private @Nullable ImageReader reader;
    private @Nullable String warning;

    JpegDecoder(ImageLimits limits) {
        this.limits = limits;
    }

    io.afterimage.image.Raster decode(byte[] jpeg) throws ImageRejectedException {
        JpegSegments segments = JpegSegments.of(jpeg, limits);
        int width = segments.width();
        int height = segments.height();
        int channels = segments.components();
        byte[] samples = new byte[width * height * channels];
        try {
            read(segments.file(), image(samples, width, height, channels));
        } catch (IOException | RuntimeException | StackOverflowError e) {
            discardReader();
            throw new ImageRejectedException(Rejection.UNREADABLE, "not a readable JPEG: " + e.getMessage(), e);
        }
        if (warning != null) {
            throw new ImageRejectedException(Rejection.UNREADABLE, "a damaged JPEG: " + warning);
        }
        return new io.afterimage.image.Raster(width, height, channels, samples);
    }

    private void read(byte[] file, BufferedImage target) throws IOException {
        warning = null;
        if (reader == null) {
            reader = ImageIO.getImageReadersByFormatName("jpeg").next();
            reader.addIIOReadWarningListener((source, message) -> warning = message);
        }
        reader.setInput(new InMemory(file), true, true);
        ImageReadParam param = reader.getDefaultReadParam();
        param.setDestination(target);
        reader.read(0, param);
        reader.setInput(null);
    }

    /** After a failure its state is anyone's guess. */
    private void discardReader() {
        if (reader != null) {
            reader.dispose();
            reader = null;
        }
    }

    /** An image whose pixels are the samples themselves, so that nothing is copied or converted afterwards. */
    private static BufferedImage image(byte[] samples, int width, int height, int channels) {
        WritableRaster raster = Raster.createInterleavedRaster(
                new DataBufferByte(samples, samples.length),
                width,
                height,
                width * channels,
                channels,
                channels == 1 ? GREY_BANDS : RGB_BANDS,
                null);
        return new BufferedImage(channels == 1 ? GREY : RGB, raster, false, null);
    }

    private static ColorModel colorModel(int space) {
        return new ComponentColorModel(
                ColorSpace.getInstance(space), false, false, ColorModel.OPAQUE, DataBuffer.TYPE_BYTE);
    }

    private static final class InMemory extends ImageInputStreamImpl {
        private final byte[] bytes;

        InMemory(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            bitOffset = 0;
            return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            bitOffset = 0;
            int read = (int) Math.min(count, bytes.length - streamPos);
            if (read <= 0) {
                return count == 0 ? 0 : -1;
            }
            System.arraycopy(bytes, (int) streamPos, target, offset, read);
            streamPos += read;
            return read;
        }

        @Override
        public long length() {
            return bytes.length;
        }
    }
}
