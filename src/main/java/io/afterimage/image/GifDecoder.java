package io.afterimage.image;

import org.jspecify.annotations.Nullable;

/**
 * Reads the first frame of a GIF onto its canvas; what the frame leaves free or transparent is black. A frame that reaches
 * beyond the logical screen makes the canvas larger. For one thread at a time: it keeps its code table.
 */
final class GifDecoder {
    private static final int MAX_CODES = 4096;
    private static final int[] INTERLACED_START = {0, 4, 2, 1};
    private static final int[] INTERLACED_STEP = {8, 8, 4, 2};

    private final ImageLimits limits;
    private final short[] prefix = new short[MAX_CODES];
    private final byte[] suffix = new byte[MAX_CODES];
    private final byte[] string = new byte[MAX_CODES + 1];

    GifDecoder(ImageLimits limits) {
        this.limits = limits;
    }

    Raster decode(byte[] gif) throws ImageRejectedException {
        EncodedBytes in = new EncodedBytes(gif, 6);
        int screenWidth = in.u16le();
        int screenHeight = in.u16le();
        int flags = in.u8();
        in.skip(2);
        int[] global = colours(in, flags);
        int transparent = -1;
        while (true) {
            switch (in.u8()) {
                case ',' -> {
                    return frame(in, screenWidth, screenHeight, global, transparent);
                }
                case '!' -> {
                    boolean graphicControl = in.u8() == 0xF9;
                    int length = in.u8();
                    if (graphicControl && length == 4) {
                        boolean hasTransparent = (in.u8() & 1) != 0;
                        in.skip(2);
                        int index = in.u8();
                        transparent = hasTransparent ? index : -1;
                        skipBlocks(in);
                    } else if (length > 0) {
                        in.skip(length);
                        skipBlocks(in);
                    }
                }
                default -> throw EncodedBytes.corrupt("no frame before byte " + in.position());
            }
        }
    }

    private static void skipBlocks(EncodedBytes in) throws ImageRejectedException {
        for (int length = in.u8(); length > 0; length = in.u8()) {
            in.skip(length);
        }
    }

    private static int @Nullable [] colours(EncodedBytes in, int flags) throws ImageRejectedException {
        if ((flags & 0x80) == 0) {
            return null;
        }
        int[] rgb = new int[2 << (flags & 7)];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = in.u8() << 16 | in.u16be();
        }
        return rgb;
    }

    private Raster frame(EncodedBytes in, int screenWidth, int screenHeight, int @Nullable [] global, int transparent)
            throws ImageRejectedException {
        int left = in.u16le();
        int top = in.u16le();
        int width = in.u16le();
        int height = in.u16le();
        limits.admit(width, height);
        int canvasWidth = Math.max(screenWidth, left + width);
        int canvasHeight = Math.max(screenHeight, top + height);
        limits.admit(canvasWidth, canvasHeight);
        int flags = in.u8();
        int[] local = colours(in, flags);
        int[] rgb = local != null ? local : global;
        if (rgb == null) {
            throw EncodedBytes.corrupt("a frame without a palette");
        }
        if (transparent >= 0 && transparent < rgb.length) {
            rgb[transparent] = 0;
        }
        // A code has at least two bits, and stands for at most as many pixels as there were codes before it.
        long codes = 4L * in.remaining();
        if ((long) width * height > codes * Math.min(codes, MAX_CODES)) {
            throw EncodedBytes.truncated();
        }
        Palette palette = new Palette(rgb);
        byte[] samples = new byte[canvasWidth * canvasHeight * palette.channels()];
        Rows rows = new Rows(top * canvasWidth + left, canvasWidth, width, height, (flags & 0x40) != 0);
        readPixels(in, rows, palette, samples);
        return new Raster(canvasWidth, canvasHeight, palette.channels(), samples);
    }

    /** Variable-length-code LZW as GIF89a has it, appendix F. */
    private void readPixels(EncodedBytes in, Rows rows, Palette palette, byte[] samples) throws ImageRejectedException {
        int literalBits = in.u8();
        if (literalBits < 1 || literalBits > 8) {
            throw EncodedBytes.corrupt("a code size of " + literalBits);
        }
        int clear = 1 << literalBits;
        int end = clear + 1;
        int next = end + 1;
        int bits = literalBits + 1;
        int previous = -1;
        byte previousFirst = 0;
        Codes codes = new Codes(in);
        while (!rows.complete()) {
            int code = codes.read(bits);
            if (code == clear) {
                next = end + 1;
                bits = literalBits + 1;
                previous = -1;
                continue;
            }
            if (code == end || code > next || (code == next && previous < 0)) {
                throw EncodedBytes.corrupt("the pixel data ends or breaks before the image does");
            }
            int length = 0;
            int symbol = code;
            if (code == next) { // the string just being defined: the previous one and its own first pixel
                string[length++] = previousFirst;
                symbol = previous;
            }
            while (symbol > end) {
                string[length++] = suffix[symbol];
                symbol = prefix[symbol];
            }
            byte first = (byte) symbol;
            string[length++] = first;
            while (length > 0 && !rows.complete()) {
                palette.put(string[--length] & 0xFF, samples, rows.next());
            }
            if (previous >= 0 && next < MAX_CODES) {
                prefix[next] = (short) previous;
                suffix[next] = first;
                next++;
                if (next == 1 << bits && bits < 12) {
                    bits++;
                }
            }
            previous = code;
            previousFirst = first;
        }
    }

    /** Codes of a varying number of bits, least significant first, across sub-blocks. */
    private static final class Codes {
        private final EncodedBytes in;
        private int block;
        private int buffer;
        private int buffered;

        Codes(EncodedBytes in) {
            this.in = in;
        }

        int read(int bits) throws ImageRejectedException {
            while (buffered < bits) {
                if (block == 0) {
                    block = in.u8();
                    if (block == 0) {
                        throw EncodedBytes.truncated();
                    }
                }
                buffer |= in.u8() << buffered;
                buffered += 8;
                block--;
            }
            int code = buffer & ((1 << bits) - 1);
            buffer >>>= bits;
            buffered -= bits;
            return code;
        }
    }

    /** Where the pixels of the frame go on the canvas, in the order they come. */
    private static final class Rows {
        private final int origin;
        private final int canvasWidth;
        private final int width;
        private final int height;
        private final boolean interlaced;
        private int pass;
        private int row;
        private int column;
        private int rowsDone;

        Rows(int origin, int canvasWidth, int width, int height, boolean interlaced) {
            this.origin = origin;
            this.canvasWidth = canvasWidth;
            this.width = width;
            this.height = height;
            this.interlaced = interlaced;
        }

        boolean complete() {
            return rowsDone == height;
        }

        int next() {
            int pixel = origin + row * canvasWidth + column;
            if (++column == width) {
                column = 0;
                rowsDone++;
                row += interlaced ? INTERLACED_STEP[pass] : 1;
                while (interlaced && row >= height && pass < 3) {
                    pass++;
                    row = INTERLACED_START[pass];
                }
            }
            return pixel;
        }
    }
}
