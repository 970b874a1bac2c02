package io.afterimage.image;

/**
 * The IHDR chunk.
 *
 * @param depth bits per sample
 * @param colour one of {@link #GREY}, {@link #RGB}, {@link #INDEXED}, {@link #GREY_ALPHA}, {@link #RGB_ALPHA}
 * @param interlaced whether the rows come in the seven passes of Adam7
 */
record PngHeader(int width, int height, int depth, int colour, boolean interlaced) {
    static final int GREY = 0;
    static final int RGB = 2;
    static final int INDEXED = 3;
    static final int GREY_ALPHA = 4;
    static final int RGB_ALPHA = 6;

    private static final int[] FIRST_COLUMN = {0, 4, 0, 2, 0, 1, 0};
    private static final int[] FIRST_ROW = {0, 0, 4, 0, 2, 0, 1};
    private static final int[] COLUMN_STEP = {8, 8, 4, 4, 2, 2, 1};
    private static final int[] ROW_STEP = {8, 8, 8, 4, 4, 2, 2};

    /** The pixels that one pass brings: every {@code columnStep}-th of every {@code rowStep}-th row; may be none. */
    record Pass(int firstColumn, int firstRow, int columnStep, int rowStep, int columns, int rows) {}

    static PngHeader read(EncodedBytes data, ImageLimits limits) throws ImageRejectedException {
        long width = data.u32be();
        long height = data.u32be();
        limits.admit(width, height);
        int depth = data.u8();
        int colour = data.u8();
        int compression = data.u8();
        int filter = data.u8();
        int interlace = data.u8();
        boolean known = switch (colour) {
            case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case INDEXED -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
            default -> false;
        };
        if (!known || compression != 0 || filter != 0 || interlace > 1) {
            throw EncodedBytes.corrupt("no PNG has colour type %d, depth %d, compression %d, filter %d, interlace %d"
                    .formatted(colour, depth, compression, filter, interlace));
        }
        return new PngHeader((int) width, (int) height, depth, colour, interlace == 1);
    }

    int samplesPerPixel() {
        return switch (colour) {
            case RGB -> 3;
            case GREY_ALPHA -> 2;
            case RGB_ALPHA -> 4;
            default -> 1;
        };
    }

    /** Distance to the byte that a filter calls "left". */
    int filterDistance() {
        return Math.max(1, samplesPerPixel() * depth / 8);
    }

    /** Bytes of a row of so many pixels, with the filter byte before it. */
    int stride(int columns) {
        return 1 + (int) (((long) columns * samplesPerPixel() * depth + 7) / 8);
    }

    int passes() {
        return interlaced ? FIRST_ROW.length : 1;
    }

    Pass pass(int i) {
        if (!interlaced) {
            return new Pass(0, 0, 1, 1, width, height);
        }
        int columns = Math.max(0, (width - FIRST_COLUMN[i] + COLUMN_STEP[i] - 1) / COLUMN_STEP[i]);
        int rows = Math.max(0, (height - FIRST_ROW[i] + ROW_STEP[i] - 1) / ROW_STEP[i]);
        return new Pass(FIRST_COLUMN[i], FIRST_ROW[i], COLUMN_STEP[i], ROW_STEP[i], columns, columns == 0 ? 0 : rows);
    }

    /** Bytes that the pixel data must inflate to. */
    long inflatedBytes() {
        long sum = 0;
        for (int i = 0; i < passes(); i++) {
            Pass pass = pass(i);
            sum += (long) pass.rows() * stride(pass.columns());
        }
        return sum;
    }
}
