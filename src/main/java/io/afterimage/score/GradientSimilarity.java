package io.afterimage.score;

/**
 * Dissimilarity of gradient magnitudes, 1 − GMS, of two planes (Xue et al., "Gradient Magnitude Similarity Deviation", IEEE
 * TIP 2014): 0 where both have the same edge strength, towards 1 where only one has an edge. Prewitt operators divided by
 * three, reflected edges.
 */
final class GradientSimilarity {
    /** Stabiliser for pixels in [0, 1]; 170 on the paper's scale of 0..255. */
    private static final float C = 0.0026f;

    private final int height;
    private final int width;
    private final float[] smoothed;
    private final float[] differences;
    private final float[] otherMagnitude;

    GradientSimilarity(int height, int width) {
        this.height = height;
        this.width = width;
        this.smoothed = new float[height * width];
        this.differences = new float[height * width];
        this.otherMagnitude = new float[height * width];
    }

    /** Writes the gradient magnitude of the plane at {@code offset} of {@code in} to {@code out}. */
    void magnitude(float[] in, int offset, float[] out) {
        for (int y = 0; y < height; y++) {
            int row = y * width;
            int from = offset + row;
            for (int x = 1; x < width - 1; x++) {
                float left = in[from + x - 1];
                float right = in[from + x + 1];
                smoothed[row + x] = left + in[from + x] + right;
                differences[row + x] = right - left;
            }
            // Reflection makes both neighbours of an edge pixel the same: no difference there.
            smoothed[row] = in[from] + 2 * in[from + 1];
            differences[row] = 0;
            smoothed[row + width - 1] = in[from + width - 1] + 2 * in[from + width - 2];
            differences[row + width - 1] = 0;
        }
        for (int y = 0; y < height; y++) {
            int above = Binomial.reflect(y - 1, height) * width;
            int below = Binomial.reflect(y + 1, height) * width;
            int row = y * width;
            for (int x = 0; x < width; x++) {
                float horizontal = (differences[above + x] + differences[row + x] + differences[below + x]) * (1f / 3);
                float vertical = (smoothed[below + x] - smoothed[above + x]) * (1f / 3);
                out[row + x] = (float) Math.sqrt(horizontal * horizontal + vertical * vertical);
            }
        }
    }

    /** Writes 1 − GMS between a magnitude computed before and the plane at {@code offset} of {@code other}. */
    void dissimilarity(float[] magnitude, float[] other, int offset, float[] out) {
        magnitude(other, offset, otherMagnitude);
        for (int i = 0; i < out.length; i++) {
            float a = magnitude[i];
            float b = otherMagnitude[i];
            out[i] = 1 - (2 * a * b + C) / (a * a + b * b + C);
        }
    }
}
