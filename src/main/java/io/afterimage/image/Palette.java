package io.afterimage.image;

/** The colours of an indexed image. Transparent entries are black. A palette of greys gives a raster of one channel. */
final class Palette {
    private final int[] rgb;
    private final boolean grey;

    /** @param rgb {@code 0xRRGGBB} per index; not copied */
    Palette(int[] rgb) {
        this.rgb = rgb;
        boolean allGrey = true;
        for (int colour : rgb) {
            int blue = colour & 0xFF;
            allGrey &= colour == blue * 0x010101;
        }
        this.grey = allGrey;
    }

    int size() {
        return rgb.length;
    }

    int channels() {
        return grey ? 1 : 3;
    }

    /** Writes the samples of one pixel. */
    void put(int index, byte[] samples, int pixel) throws ImageRejectedException {
        if (index >= rgb.length) {
            throw EncodedBytes.corrupt("colour %d of a palette of %d".formatted(index, rgb.length));
        }
        int colour = rgb[index];
        if (grey) {
            samples[pixel] = (byte) colour;
        } else {
            samples[3 * pixel] = (byte) (colour >> 16);
            samples[3 * pixel + 1] = (byte) (colour >> 8);
            samples[3 * pixel + 2] = (byte) colour;
        }
    }

    /** {@code colour} seen through {@code alpha} (0..255) over black. */
    static int overBlack(int colour, int alpha) {
        return (colour * alpha + 127) / 255;
    }
}
