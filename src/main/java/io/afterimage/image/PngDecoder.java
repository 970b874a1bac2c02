package io.afterimage.image;

import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads PNG (ISO/IEC 15948) of every colour type, depth and interlacing.
 *
 * <p>The JDK's reader is not used for three reasons: it does not check the CRC of a chunk, so that a flipped bit becomes
 * an anomaly instead of a dead letter; it inflates compressed text chunks, whatever their size; and for the small images
 * this service lives on it takes several times as long. Here ancillary chunks are passed over unread, pixels are inflated
 * in bands of at most {@value #BAND_BYTES} bytes (or one row), and never more of them than the header announced.
 *
 * <p>For one thread at a time: it keeps its inflater and its band.
 */
final class PngDecoder {
    private static final int BAND_BYTES = 64 << 10;
    /** Deflate cannot pack more: 258 bytes in two bits. */
    private static final long MOST_INFLATED_PER_BYTE = 1032;

    private static final int SIGNATURE_BYTES = 8;
    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504C5445;
    private static final int TRNS = 0x74524E53;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454E44;
    private static final int ANCILLARY_BIT = 0x20000000;

    private final ImageLimits limits;
    private final Inflater inflater = new Inflater();
    private final CRC32 crc = new CRC32();
    private byte[] band = new byte[0];

    PngDecoder(ImageLimits limits) {
        this.limits = limits;
    }

    Raster decode(byte[] png) throws ImageRejectedException {
        Chunks chunks = chunks(png);
        PngHeader header = chunks.header;
        if (header.inflatedBytes() > MOST_INFLATED_PER_BYTE * chunks.dataBytes) {
            throw EncodedBytes.truncated();
        }
        PngPixels pixels = chunks.pixels;
        byte[] samples = new byte[header.width() * header.height() * pixels.channels()];
        try {
            PixelData data = new PixelData(png, chunks.firstData);
            for (int i = 0; i < header.passes(); i++) {
                readPass(header, header.pass(i), data, pixels, samples);
            }
        } catch (DataFormatException e) {
            throw new ImageRejectedException(Rejection.UNREADABLE, "the pixel data is not valid deflate", e);
        } finally {
            inflater.reset();
        }
        return new Raster(header.width(), header.height(), pixels.channels(), samples);
    }

    private void readPass(PngHeader header, PngHeader.Pass pass, PixelData data, PngPixels pixels, byte[] samples)
            throws ImageRejectedException, DataFormatException {
        int stride = header.stride(pass.columns());
        int bandRows = Math.max(1, Math.min(pass.rows(), BAND_BYTES / stride));
        if (band.length < (bandRows + 1) * stride) {
            band = new byte[(bandRows + 1) * stride];
        }
        // Slot 0 holds the row above the band; above the first row everything is zero.
        Arrays.fill(band, 0, stride, (byte) 0);
        for (int top = 0; top < pass.rows(); top += bandRows) {
            int rows = Math.min(bandRows, pass.rows() - top);
            data.inflate(band, stride, rows * stride);
            for (int row = 0; row < rows; row++) {
                int start = (row + 1) * stride;
                unfilter(start, stride, header.filterDistance());
                int y = pass.firstRow() + (top + row) * pass.rowStep();
                int firstPixel = y * header.width() + pass.firstColumn();
                pixels.unpack(band, start + 1, pass.columns(), samples, firstPixel, pass.columnStep());
            }
            System.arraycopy(band, rows * stride, band, 0, stride);
        }
    }

    /** Undoes the filter of the row at {@code start}; the row above lies one stride before it. */
    private void unfilter(int start, int stride, int distance) throws ImageRejectedException {
        byte[] b = band;
        int end = start + stride;
        int first = start + 1;
        switch (b[start]) {
            case 0 -> {}
            case 1 -> {
                for (int i = first + distance; i < end; i++) {
                    b[i] += b[i - distance];
                }
            }
            case 2 -> {
                for (int i = first; i < end; i++) {
                    b[i] += b[i - stride];
                }
            }
            case 3 -> {
                for (int i = first; i < end; i++) {
                    int left = i - distance < first ? 0 : b[i - distance] & 0xFF;
                    b[i] += (byte) ((left + (b[i - stride] & 0xFF)) >> 1);
                }
            }
            case 4 -> {
                for (int i = first; i < end; i++) {
                    boolean atEdge = i - distance < first;
                    int left = atEdge ? 0 : b[i - distance] & 0xFF;
                    int aboveLeft = atEdge ? 0 : b[i - stride - distance] & 0xFF;
                    b[i] += (byte) paeth(left, b[i - stride] & 0xFF, aboveLeft);
                }
            }
            default -> throw EncodedBytes.corrupt("unknown row filter " + b[start]);
        }
    }

    private static int paeth(int left, int above, int aboveLeft) {
        int toLeft = Math.abs(above - aboveLeft);
        int toAbove = Math.abs(left - aboveLeft);
        int toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
        if (toLeft <= toAbove && toLeft <= toAboveLeft) {
            return left;
        }
        return toAbove <= toAboveLeft ? above : aboveLeft;
    }

    private record Chunks(PngHeader header, PngPixels pixels, int firstData, long dataBytes) {}

    /** Walks over all chunks to the end of the image without inflating any. */
    private Chunks chunks(byte[] png) throws ImageRejectedException {
        EncodedBytes in = new EncodedBytes(png, SIGNATURE_BYTES);
        PngHeader header = null;
        int[] colours = null;
        byte[] transparency = null;
        int firstData = -1;
        long dataBytes = 0;
        boolean dataEnded = false;
        while (true) {
            int at = in.position();
            long length = in.u32be();
            int type = (int) in.u32be();
            int start = in.position();
            in.skip(length);
            long expectedCrc = in.u32be();
            if (header == null && (type != IHDR || length != 13)) {
                throw EncodedBytes.corrupt("the first chunk is not a header");
            }
            if ((type & ANCILLARY_BIT) == 0 || type == TRNS) {
                crc.reset();
                crc.update(png, start - 4, (int) length + 4);
                if (crc.getValue() != expectedCrc) {
                    throw EncodedBytes.corrupt("checksum mismatch in the chunk at byte " + at);
                }
            }
            dataEnded |= firstData >= 0 && type != IDAT;
            switch (type) {
                case IHDR -> {
                    if (header != null) {
                        throw EncodedBytes.corrupt("a second header");
                    }
                    header = PngHeader.read(new EncodedBytes(png, start), limits);
                }
                case PLTE -> colours = colours(png, start, (int) length);
                case TRNS -> transparency = Arrays.copyOfRange(png, start, start + (int) Math.min(length, 256));
                case IDAT -> {
                    if (dataEnded) {
                        throw EncodedBytes.corrupt("the pixel data is interrupted by other chunks");
                    }
                    firstData = firstData < 0 ? at : firstData;
                    dataBytes += length;
                }
                case IEND -> {
                    if (header == null || firstData < 0) {
                        throw EncodedBytes.corrupt("no pixel data");
                    }
                    Palette palette = colours == null ? null : PngPixels.palette(colours, header, transparency);
                    PngPixels pixels = PngPixels.of(header, palette, transparency);
                    return new Chunks(header, pixels, firstData, dataBytes);
                }
                default -> {
                    if ((type & ANCILLARY_BIT) == 0) {
                        throw EncodedBytes.corrupt("unknown critical chunk at byte " + at);
                    }
                }
            }
        }
    }

    private static int[] colours(byte[] png, int start, int length) throws ImageRejectedException {
        if (length == 0 || length > 3 * 256 || length % 3 != 0) {
            throw EncodedBytes.corrupt("a palette of %d bytes".formatted(length));
        }
        EncodedBytes in = new EncodedBytes(png, start);
        int[] colours = new int[length / 3];
        for (int i = 0; i < colours.length; i++) {
            colours[i] = in.u8() << 16 | in.u16be();
        }
        return colours;
    }

    /** The concatenated contents of the IDAT chunks, inflated on demand. */
    private final class PixelData {
        private final byte[] png;
        private final EncodedBytes chunk;

        PixelData(byte[] png, int firstChunk) {
            this.png = png;
            this.chunk = new EncodedBytes(png, firstChunk);
        }

        void inflate(byte[] target, int offset, int count) throws ImageRejectedException, DataFormatException {
            int done = 0;
            while (done < count) {
                int inflated = inflater.inflate(target, offset + done, count - done);
                done += inflated;
                if (inflated == 0) {
                    if (inflater.finished() || inflater.needsDictionary()) {
                        throw EncodedBytes.corrupt("the pixel data ends before the image does");
                    }
                    nextChunk();
                }
            }
        }

        private void nextChunk() throws ImageRejectedException {
            long length = chunk.u32be();
            if (chunk.u32be() != IDAT) {
                throw EncodedBytes.corrupt("the pixel data ends before the image does");
            }
            inflater.setInput(png, chunk.position(), (int) length);
            chunk.skip(length + 4);
        }
    }
}
