package io.afterimage.image;

/**
 * Reads BMP: 1 to 32 bits per pixel, palettes, bit fields, RLE4 and RLE8, either order of the rows. An alpha channel is
 * passed over, as almost every writer leaves it zero. Pixels that run-length encoding skips have the first colour.
 * Without state.
 */
final class BmpDecoder {
    private static final int OS2_HEADER = 12;
    private static final int RGB = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;
    private static final int ALPHA_BIT_FIELDS = 6;

    private final ImageLimits limits;

    BmpDecoder(ImageLimits limits) {
        this.limits = limits;
    }

    private record Header(int width, int height, boolean topDown, int bits, int compression) {
        /** Where the row that is stored as {@code stored}-th belongs. */
        int row(int stored) {
            return topDown ? stored : height - 1 - stored;
        }

        /** Bytes of a row: padded to four. */
        long stride() {
            return ((long) width * bits + 31) / 32 * 4;
        }
    }

    Raster decode(byte[] bmp) throws ImageRejectedException {
        EncodedBytes in = new EncodedBytes(bmp, 10);
        long dataOffset = Integer.toUnsignedLong(in.i32le());
        long headerBytes = Integer.toUnsignedLong(in.i32le());
        if (headerBytes != OS2_HEADER && headerBytes < 40) {
            throw EncodedBytes.corrupt("a header of %d bytes".formatted(headerBytes));
        }
        boolean os2 = headerBytes == OS2_HEADER;
        long width = os2 ? in.u16le() : in.i32le();
        long signedHeight = os2 ? in.u16le() : in.i32le();
        limits.admit(width, Math.abs(signedHeight));
        in.skip(2);
        int bits = in.u16le();
        int compression = os2 ? RGB : in.i32le();
        boolean topDown = signedHeight < 0;
        Header header = new Header((int) width, (int) Math.abs(signedHeight), topDown, bits, compression);
        long colours = 0;
        if (!os2) {
            in.skip(12);
            colours = Integer.toUnsignedLong(in.i32le());
        }
        switch (bits) {
            case 1, 4, 8 -> {
                in.seek(14 + headerBytes);
                Palette palette = palette(in, colours == 0 ? 1L << bits : colours, bits, os2);
                in.seek(dataOffset);
                return compression == RGB ? indexed(in, bmp, header, palette) : runLengths(in, header, palette);
            }
            case 16, 24, 32 -> {
                BitField[] fields = fields(in, header);
                in.seek(dataOffset);
                return direct(in, bmp, header, fields);
            }
            default -> throw EncodedBytes.corrupt("%d bits per pixel".formatted(bits));
        }
    }

    private static Palette palette(EncodedBytes in, long colours, int bits, boolean os2) throws ImageRejectedException {
        int[] rgb = new int[(int) Math.min(colours, 1L << bits)];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = in.u8() | in.u8() << 8 | in.u8() << 16;
            in.skip(os2 ? 0 : 1);
        }
        return new Palette(rgb);
    }

    private static Raster indexed(EncodedBytes in, byte[] bmp, Header header, Palette palette)
            throws ImageRejectedException {
        int rowStart = firstRow(in, header);
        byte[] samples = new byte[header.width * header.height * palette.channels()];
        int mask = (1 << header.bits) - 1;
        for (int stored = 0; stored < header.height; stored++) {
            int pixel = header.row(stored) * header.width;
            for (int x = 0; x < header.width; x++) {
                int bit = x * header.bits;
                int index = (bmp[rowStart + (bit >> 3)] >> (8 - header.bits - (bit & 7))) & mask;
                palette.put(index, samples, pixel + x);
            }
            rowStart += (int) header.stride();
        }
        return new Raster(header.width, header.height, palette.channels(), samples);
    }

    /** The position of the pixel data, once it is certain that all rows are there. */
    private static int firstRow(EncodedBytes in, Header header) throws ImageRejectedException {
        int position = in.position();
        in.skip(header.stride() * header.height);
        return position;
    }

    /** Where a colour sits in a pixel, and how many steps it has. */
    private record BitField(int shift, long max) {
        static BitField of(int mask) throws ImageRejectedException {
            if (mask == 0) {
                return new BitField(0, 0);
            }
            int shift = Integer.numberOfTrailingZeros(mask);
            long max = Integer.toUnsignedLong(mask) >> shift;
            if ((max & (max + 1)) != 0) {
                throw EncodedBytes.corrupt("a colour mask with a gap");
            }
            return new BitField(shift, max);
        }

        byte read(int pixel) {
            return max == 0 ? 0 : (byte) ((((pixel >>> shift) & max) * 255 + max / 2) / max);
        }
    }

    /** Red, green and blue; the masks follow the first forty bytes of the header, inside or behind it. */
    private static BitField[] fields(EncodedBytes in, Header header) throws ImageRejectedException {
        boolean masked = header.compression == BIT_FIELDS || header.compression == ALPHA_BIT_FIELDS;
        if ((header.compression != RGB && !masked) || (masked && header.bits == 24)) {
            throw EncodedBytes.corrupt(
                    "compression %d with %d bits per pixel".formatted(header.compression, header.bits));
        }
        if (masked) {
            in.skip(4);
            return new BitField[] {BitField.of(in.i32le()), BitField.of(in.i32le()), BitField.of(in.i32le())};
        }
        return header.bits == 16
                ? new BitField[] {BitField.of(0x7C00), BitField.of(0x3E0), BitField.of(0x1F)}
                : new BitField[] {BitField.of(0xFF0000), BitField.of(0xFF00), BitField.of(0xFF)};
    }

    private static Raster direct(EncodedBytes in, byte[] bmp, Header header, BitField[] fields)
            throws ImageRejectedException {
        int rowStart = firstRow(in, header);
        byte[] samples = new byte[header.width * header.height * 3];
        int pixelBytes = header.bits / 8;
        for (int stored = 0; stored < header.height; stored++) {
            int out = header.row(stored) * header.width * 3;
            int at = rowStart;
            for (int x = 0; x < header.width; x++) {
                int pixel = (bmp[at] & 0xFF) | (bmp[at + 1] & 0xFF) << 8;
                if (pixelBytes > 2) {
                    pixel |= (bmp[at + 2] & 0xFF) << 16;
                }
                if (pixelBytes > 3) {
                    pixel |= bmp[at + 3] << 24;
                }
                at += pixelBytes;
                for (BitField field : fields) {
                    samples[out++] = field.read(pixel);
                }
            }
            rowStart += (int) header.stride();
        }
        return new Raster(header.width, header.height, 3, samples);
    }

    /** Pairs of count and colour; a count of zero escapes to: 0 end of row, 1 end of image, 2 a jump, n literal pixels. */
    private static Raster runLengths(EncodedBytes in, Header header, Palette palette) throws ImageRejectedException {
        boolean nibbles = header.compression == RLE4 && header.bits == 4;
        if (!nibbles && !(header.compression == RLE8 && header.bits == 8)) {
            throw EncodedBytes.corrupt(
                    "compression %d with %d bits per pixel".formatted(header.compression, header.bits));
        }
        byte[] samples = new byte[header.width * header.height * palette.channels()];
        for (int i = 0; i < header.width * header.height; i++) {
            palette.put(0, samples, i);
        }
        int x = 0;
        int y = 0;
        while (true) {
            int count = in.u8();
            int value = in.u8();
            boolean literal = count == 0 && value > 2;
            if (count > 0 || literal) {
                int pixels = literal ? value : count;
                if (y >= header.height || pixels > header.width - x) {
                    throw EncodedBytes.corrupt("a run leaves the image");
                }
                for (int i = 0; i < pixels; i++) {
                    if (literal && (!nibbles || i % 2 == 0)) {
                        value = in.u8();
                    }
                    int index = !nibbles ? value : i % 2 == 0 ? value >> 4 : value & 15;
                    palette.put(index, samples, header.row(y) * header.width + x++);
                }
                if (literal) {
                    int bytes = nibbles ? (pixels + 1) / 2 : pixels;
                    in.skip(bytes % 2);
                }
            } else if (value == 0) {
                x = 0;
                y++;
            } else if (value == 1) {
                return new Raster(header.width, header.height, palette.channels(), samples);
            } else {
                x += in.u8();
                y += in.u8();
                if (x > header.width || y > header.height) {
                    throw EncodedBytes.corrupt("a jump leaves the image");
                }
            }
        }
    }
}
