package io.afterimage.image;

import org.jspecify.annotations.Nullable;

/**
 * Turns unfiltered rows of a PNG into samples: depths below 8 are stretched to 0..255, 16 bits are rounded to 8, alpha and
 * transparent colours are laid over black, palettes are looked up.
 */
final class PngPixels {
    private static final int[] OPAQUE = new int[0];

    private final int depth;
    private final int colour;
    private final @Nullable Palette palette;
    /** The raw sample values of the one colour that is transparent, or none. */
    private final int[] transparent;

    private final boolean copied;

    private PngPixels(PngHeader header, @Nullable Palette palette, int[] transparent) {
        this.depth = header.depth();
        this.colour = header.colour();
        this.palette = palette;
        this.transparent = transparent;
        this.copied = depth == 8 && transparent.length == 0 && (colour == PngHeader.GREY || colour == PngHeader.RGB);
    }

    /** @param transparency the tRNS chunk */
    static PngPixels of(PngHeader header, @Nullable Palette palette, byte @Nullable [] transparency)
            throws ImageRejectedException {
        if (header.colour() == PngHeader.INDEXED) {
            if (palette == null) {
                throw EncodedBytes.corrupt("an indexed image without a palette");
            }
            return new PngPixels(header, palette, OPAQUE);
        }
        boolean mayBeKeyed = header.colour() == PngHeader.GREY || header.colour() == PngHeader.RGB;
        if (transparency == null || !mayBeKeyed) {
            return new PngPixels(header, null, OPAQUE);
        }
        EncodedBytes in = new EncodedBytes(transparency, 0);
        int[] key = new int[header.samplesPerPixel()];
        for (int i = 0; i < key.length; i++) {
            key[i] = in.u16be();
        }
        return new PngPixels(header, null, key);
    }

    /** @param transparency the tRNS chunk: one alpha per colour, those after its end are opaque */
    static Palette palette(int[] rgb, PngHeader header, byte @Nullable [] transparency) {
        if (transparency != null && header.colour() == PngHeader.INDEXED) {
            for (int i = 0; i < Math.min(rgb.length, transparency.length); i++) {
                int alpha = transparency[i] & 0xFF;
                rgb[i] = Palette.overBlack(rgb[i] >> 16 & 0xFF, alpha) << 16
                        | Palette.overBlack(rgb[i] >> 8 & 0xFF, alpha) << 8
                        | Palette.overBlack(rgb[i] & 0xFF, alpha);
            }
        }
        return new Palette(rgb);
    }

    int channels() {
        if (palette != null) {
            return palette.channels();
        }
        return colour == PngHeader.RGB || colour == PngHeader.RGB_ALPHA ? 3 : 1;
    }

    /** Writes the {@code columns} pixels of a row to {@code samples}, from {@code firstPixel} on, {@code step} apart. */
    void unpack(byte[] row, int offset, int columns, byte[] samples, int firstPixel, int step)
            throws ImageRejectedException {
        if (palette != null) {
            for (int i = 0; i < columns; i++) {
                palette.put(raw(row, offset, i), samples, firstPixel + i * step);
            }
        } else if (copied && step == 1) {
            System.arraycopy(row, offset, samples, firstPixel * channels(), columns * channels());
        } else {
            stretch(row, offset, columns, samples, firstPixel, step);
        }
    }

    private void stretch(byte[] row, int offset, int columns, byte[] samples, int firstPixel, int step) {
        int channels = channels();
        boolean hasAlpha = colour == PngHeader.GREY_ALPHA || colour == PngHeader.RGB_ALPHA;
        int perPixel = hasAlpha ? channels + 1 : channels;
        for (int i = 0; i < columns; i++) {
            int in = i * perPixel;
            int out = (firstPixel + i * step) * channels;
            int alpha = 255;
            if (hasAlpha) {
                alpha = eightBits(raw(row, offset, in + channels));
            } else if (isTransparent(row, offset, in)) {
                alpha = 0;
            }
            for (int c = 0; c < channels; c++) {
                samples[out + c] = (byte) Palette.overBlack(eightBits(raw(row, offset, in + c)), alpha);
            }
        }
    }

    private boolean isTransparent(byte[] row, int offset, int sample) {
        if (transparent.length == 0) {
            return false;
        }
        for (int c = 0; c < transparent.length; c++) {
            if (raw(row, offset, sample + c) != transparent[c]) {
                return false;
            }
        }
        return true;
    }

    /** The sample as it is stored: 0 .. 2^depth − 1. */
    private int raw(byte[] row, int offset, int sample) {
        return switch (depth) {
            case 8 -> row[offset + sample] & 0xFF;
            case 16 -> (row[offset + 2 * sample] & 0xFF) << 8 | (row[offset + 2 * sample + 1] & 0xFF);
            default -> {
                int bit = sample * depth;
                yield (row[offset + (bit >> 3)] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
            }
        };
    }

    private int eightBits(int raw) {
        return switch (depth) {
            case 8 -> raw;
            case 16 -> (raw * 255 + 32_895) >> 16;
            default -> raw * 255 / ((1 << depth) - 1);
        };
    }
}
