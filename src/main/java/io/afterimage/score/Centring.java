package io.afterimage.score;

import java.util.Arrays;

/**
 * Takes the brightness out of a picture: of each plane clamp({@value #CONTRAST} · (x − median) + {@value #LEVEL}, 0, 1). What differs between
 * two exposures of the same scene is then gone, and what differs within a picture counts twice.
 */
public final class Centring {
    private static final float CONTRAST = 2;
    private static final float LEVEL = 0.4f;

    private Centring() {}

    /**
     * Writes the centred planes of an image.
     *
     * @param image planes at {@code from}, values in [0, 1]
     * @param centred as many, at {@code to}; may be the same array at the same place
     * @param pixels of a plane
     * @return the median of each plane, for {@link #undo}
     */
    public static float[] apply(float[] image, int from, float[] centred, int to, int planes, int pixels) {
        float[] medians = new float[planes];
        for (int plane = 0; plane < planes; plane++) {
            int in = from + plane * pixels;
            float[] sorted = Arrays.copyOfRange(image, in, in + pixels);
            Arrays.sort(sorted);
            float median = sorted[pixels / 2];
            medians[plane] = median;
            int out = to + plane * pixels;
            for (int i = 0; i < pixels; i++) {
                centred[out + i] = limited(CONTRAST * (image[in + i] - median) + LEVEL);
            }
        }
        return medians;
    }

    /** The picture that was centred, as far as its values had not been limited. */
    public static void undo(float[] picture, float[] medians) {
        int pixels = picture.length / medians.length;
        for (int i = 0; i < picture.length; i++) {
            picture[i] = limited((picture[i] - LEVEL) / CONTRAST + medians[i / pixels]);
        }
    }

    private static float limited(float value) {
        return Math.max(0, Math.min(1, value));
    }
}
