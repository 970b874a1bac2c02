package io.afterimage.image;

/**
 * The shape of a model's input: planes of grey or of red, green, blue.
 *
 * @param channels 1 (grey) or 3 (RGB)
 * @param height rows, at least {@value #MIN_SIDE}
 * @param width columns, at least {@value #MIN_SIDE}
 */
public record InputShape(int channels, int height, int width) {
    public static final int MIN_SIDE = 16;
    public static final int MAX_SIDE = 1024;

    public InputShape {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("channels must be 1 or 3, not " + channels);
        }
        if (Math.min(height, width) < MIN_SIDE || Math.max(height, width) > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "sides must be within %d..%d, not %dx%d".formatted(MIN_SIDE, MAX_SIDE, height, width));
        }
    }

    /** Number of values of one image: channels × height × width. */
    public int size() {
        return channels * height * width;
    }

    /** Number of pixels of one plane: height × width. */
    public int pixels() {
        return height * width;
    }

    /** Rows after so many halvings, rounded up each time. */
    public int halvedHeight(int times) {
        return halve(height, times);
    }

    /** Columns after so many halvings, rounded up each time. */
    public int halvedWidth(int times) {
        return halve(width, times);
    }

    private static int halve(int side, int times) {
        int halved = side;
        for (int i = 0; i < times; i++) {
            halved = (halved + 1) / 2;
        }
        return halved;
    }

    @Override
    public String toString() {
        return channels + "x" + height + "x" + width;
    }
}
