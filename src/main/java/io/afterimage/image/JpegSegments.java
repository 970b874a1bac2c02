package io.afterimage.image;

import java.util.Arrays;

/**
 * A JPEG reduced to what its pixels need: frame, tables, scans and one marker that fixes the colour space. Profiles,
 * thumbnails, comments and EXIF are dropped, so that the decoder behind never sees them; whatever remains has been counted
 * before a pixel is decoded.
 */
final class JpegSegments {
    /** As many as the finest split of a progressive image needs; each costs a pass over the whole image. */
    private static final int MAX_SCANS = 100;
    /** Scans × pixels: what one image may cost in time, about that many nanoseconds. */
    private static final long MAX_SCANNED_PIXELS = 1_000_000_000L;

    private static final byte[] JFIF = {
        (byte) 0xFF, (byte) 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };

    private final byte[] jpeg;
    private final ImageLimits limits;
    private final EncodedBytes in;
    private final byte[] kept;
    private int keptBytes;

    private int width;
    private int height;
    private int components;
    private boolean redGreenBlue;
    private long blocks;
    private int scans;
    private boolean jfif;
    private int adobeStart = -1;
    private int adobeEnd;

    private JpegSegments(byte[] jpeg, ImageLimits limits) {
        this.jpeg = jpeg;
        this.limits = limits;
        this.in = new EncodedBytes(jpeg, 2);
        this.kept = new byte[jpeg.length];
    }

    static JpegSegments of(byte[] jpeg, ImageLimits limits) throws ImageRejectedException {
        JpegSegments segments = new JpegSegments(jpeg, limits);
        segments.walk();
        return segments;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** 1 (grey) or 3. */
    int components() {
        return components;
    }

    /** The reduced image, as a file of its own. */
    byte[] file() {
        byte[] colourSpace = new byte[0];
        if (adobeStart >= 0 && !jfif) {
            colourSpace = Arrays.copyOfRange(jpeg, adobeStart, adobeEnd);
        } else if (jfif || !redGreenBlue) {
            colourSpace = JFIF;
        }
        byte[] file = new byte[2 + colourSpace.length + keptBytes];
        file[0] = (byte) 0xFF;
        file[1] = (byte) 0xD8;
        System.arraycopy(colourSpace, 0, file, 2, colourSpace.length);
        System.arraycopy(kept, 0, file, 2 + colourSpace.length, keptBytes);
        return file;
    }

    private void walk() throws ImageRejectedException {
        while (true) {
            if (in.u8() != 0xFF) {
                throw EncodedBytes.corrupt("no marker at byte " + (in.position() - 1));
            }
            int marker = in.u8();
            while (marker == 0xFF) {
                marker = in.u8();
            }
            if (marker == 0xD9) {
                keep(in.position() - 2, in.position());
                finish();
                return;
            }
            int start = in.position() - 2;
            int length = in.u16be();
            if (length < 2) {
                throw EncodedBytes.corrupt("a segment without a length");
            }
            in.skip(length - 2);
            segment(marker, start, in.position());
        }
    }

    private void segment(int marker, int start, int end) throws ImageRejectedException {
        EncodedBytes body = new EncodedBytes(jpeg, start + 4);
        switch (marker) {
            case 0xC0, 0xC1, 0xC2 -> {
                if (components > 0) {
                    throw EncodedBytes.corrupt("a second frame");
                }
                if (end - start < 10) {
                    throw EncodedBytes.corrupt("a frame header of %d bytes".formatted(end - start));
                }
                frame(body);
                keep(start, end);
            }
            case 0xC4, 0xDB, 0xDD -> keep(start, end);
            case 0xDA -> {
                if (components == 0) {
                    throw EncodedBytes.corrupt("a scan before the frame header");
                }
                scans++;
                if (scans > MAX_SCANS || (long) scans * width * height > MAX_SCANNED_PIXELS) {
                    throw EncodedBytes.corrupt(
                            "more than %d scans over %dx%d pixels".formatted(scans - 1, width, height));
                }
                in.seek(endOfScan(end));
                keep(start, in.position());
            }
            case 0xE0 -> jfif |= end - start >= 9 && body.u32be() == 0x4A464946;
            case 0xEE -> {
                if (end - start >= 16 && body.u32be() == 0x41646F62) {
                    adobeStart = start;
                    adobeEnd = end;
                }
            }
            default -> {
                boolean application = marker >= 0xE1 && marker <= 0xEF;
                if (!application && marker != 0xFE) {
                    throw EncodedBytes.corrupt("a JPEG of a kind that is not read (marker %02X)".formatted(marker));
                }
            }
        }
    }

    private void frame(EncodedBytes body) throws ImageRejectedException {
        int precision = body.u8();
        height = body.u16be();
        width = body.u16be();
        limits.admit(width, height);
        components = body.u8();
        if (precision != 8) {
            throw EncodedBytes.corrupt("a JPEG with %d bits per sample; 8 can be read".formatted(precision));
        }
        if (components != 1 && components != 3) {
            throw EncodedBytes.corrupt(
                    "a JPEG with %d components (CMYK has four); grey and colour can be read".formatted(components));
        }
        StringBuilder ids = new StringBuilder();
        int[] horizontal = new int[components];
        int[] vertical = new int[components];
        for (int c = 0; c < components; c++) {
            ids.append((char) body.u8());
            int sampling = body.u8();
            horizontal[c] = sampling >> 4;
            vertical[c] = sampling & 15;
            if (horizontal[c] < 1 || horizontal[c] > 4 || vertical[c] < 1 || vertical[c] > 4) {
                throw EncodedBytes.corrupt("a sampling factor of %02X".formatted(sampling));
            }
            body.skip(1);
        }
        redGreenBlue = ids.toString().equals("RGB");
        int mostHorizontal = Arrays.stream(horizontal).max().orElse(1);
        int mostVertical = Arrays.stream(vertical).max().orElse(1);
        for (int c = 0; c < components; c++) {
            long columns = ceilDiv((long) width * horizontal[c], 8L * mostHorizontal);
            blocks += columns * ceilDiv((long) height * vertical[c], 8L * mostVertical);
        }
    }

    private static long ceilDiv(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    /** The first byte after the entropy-coded data: a marker other than a restart. */
    private int endOfScan(int from) throws ImageRejectedException {
        for (int i = from; i < jpeg.length - 1; i++) {
            if (jpeg[i] == (byte) 0xFF) {
                int next = jpeg[i + 1] & 0xFF;
                boolean inside = next == 0 || next == 0xFF || (next >= 0xD0 && next <= 0xD7);
                if (!inside) {
                    return i;
                }
            }
        }
        throw EncodedBytes.truncated();
    }

    private void finish() throws ImageRejectedException {
        if (scans == 0) {
            throw EncodedBytes.corrupt("no pixel data");
        }
        // Every 8x8 block takes at least one bit.
        if (blocks > 8L * keptBytes) {
            throw EncodedBytes.truncated();
        }
    }

    private void keep(int start, int end) {
        System.arraycopy(jpeg, start, kept, keptBytes, end - start);
        keptBytes += end - start;
    }
}
