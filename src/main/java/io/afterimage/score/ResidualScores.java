package io.afterimage.score;

/**
 * Measures how far reconstructions are from their image. Averages over passes (the full picture, or the two complementary
 * maskings of it) and keeps the picture of the residual.
 *
 * <ul>
 *   <li>{@code b2l2}: Σ blur(blur(r))², the energy of what is missing or too much, insensitive to small shifts
 *   <li>{@code blgms}: Σ blur(1 − GMS)², edges that only one of the two has
 *   <li>{@code blmp}: the largest 4×4 mean of blur(r)², a small but strong deviation
 * </ul>
 *
 * where r = reconstruction − image. Sums run over the planes of a colour image; the maximum is over their mean. Holds scratch
 * memory: one instance per thread.
 */
public final class ResidualScores {
    private static final int WINDOW = 4;

    private final int channels;
    private final int height;
    private final int width;
    private final Binomial binomial;
    private final GradientSimilarity gradients;
    private final float[] residual;
    private final float[] blurred;
    private final float[] energy;
    private final float[] map;
    private final float[][] magnitudes;
    private final float[] columnSums;

    private double b2l2;
    private double blgms;
    private double blmp;
    private int passes;

    /** For images of {@code channels} planes of {@code height} × {@code width} values in [0, 1]. */
    public ResidualScores(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        int pixels = height * width;
        this.binomial = new Binomial(height, width);
        this.gradients = new GradientSimilarity(height, width);
        this.residual = new float[pixels];
        this.blurred = new float[pixels];
        this.energy = new float[pixels];
        this.map = new float[pixels];
        this.magnitudes = new float[channels][pixels];
        this.columnSums = new float[width];
    }

    /** Starts on a new image, given as planes at {@code offset}. Its gradients are computed once for all passes if asked for. */
    public void begin(float[] image, int offset, boolean withGradients) {
        b2l2 = 0;
        blgms = 0;
        blmp = 0;
        passes = 0;
        java.util.Arrays.fill(map, 0);
        if (withGradients) {
            for (int c = 0; c < channels; c++) {
                gradients.magnitude(image, offset + c * height * width, magnitudes[c]);
            }
        }
    }

    /** Adds one reconstruction of the image that was begun. */
    public void add(float[] image, int offset, float[] reconstruction, int at, boolean withGradients) {
        int pixels = height * width;
        java.util.Arrays.fill(energy, 0);
        for (int c = 0; c < channels; c++) {
            int from = offset + c * pixels;
            int to = at + c * pixels;
            for (int i = 0; i < pixels; i++) {
                residual[i] = reconstruction[to + i] - image[from + i];
            }
            binomial.blur(residual, blurred);
            for (int i = 0; i < pixels; i++) {
                energy[i] += blurred[i] * blurred[i];
            }
            binomial.blur(blurred, residual);
            b2l2 += sumOfSquares(residual);
            if (withGradients) {
                gradients.dissimilarity(magnitudes[c], reconstruction, to, residual);
                binomial.blur(residual, residual);
                blgms += sumOfSquares(residual);
            }
        }
        for (int i = 0; i < pixels; i++) {
            energy[i] *= 1f / channels;
            map[i] += energy[i];
        }
        blmp += largestWindowMean(energy);
        passes++;
    }

    /** Mean over the passes of Σ blur(blur(r))²; not negative. */
    public double b2l2() {
        return b2l2 / passes;
    }

    /** Mean over the passes of Σ blur(1 − GMS)²; not negative, 0 when gradients were not asked for. */
    public double blgms() {
        return blgms / passes;
    }

    /** Mean over the passes of the largest 4×4 mean of blur(r)²; in [0, 1]. */
    public double blmp() {
        return blmp / passes;
    }

    /** The largest 4×4 mean of the residual picture in deviations from what is usual at its place. */
    public double largestAtPlace(PlaceStatistics places) {
        places.standardise(residualMap(), energy);
        return largestWindowMean(energy);
    }

    /** The picture of the residual: root mean square over passes and channels of blur(r), height × width values in [0, 1]. */
    public float[] residualMap() {
        float[] picture = new float[map.length];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (float) Math.sqrt(map[i] / passes);
        }
        return picture;
    }

    private static double sumOfSquares(float[] values) {
        // Eight partial sums: the order of additions is fixed, and the loop can be vectorised.
        float[] partial = new float[8];
        int whole = values.length & ~7;
        for (int i = 0; i < whole; i += 8) {
            for (int k = 0; k < 8; k++) {
                partial[k] += values[i + k] * values[i + k];
            }
        }
        double sum = 0;
        for (float p : partial) {
            sum += p;
        }
        for (int i = whole; i < values.length; i++) {
            sum += values[i] * values[i];
        }
        return sum;
    }

    private double largestWindowMean(float[] values) {
        float largest = -Float.MAX_VALUE;
        for (int y = 0; y + WINDOW <= height; y++) {
            int row = y * width;
            for (int x = 0; x < width; x++) {
                columnSums[x] = values[row + x]
                        + values[row + width + x]
                        + values[row + 2 * width + x]
                        + values[row + 3 * width + x];
            }
            for (int x = 0; x + WINDOW <= width; x++) {
                float sum = columnSums[x] + columnSums[x + 1] + columnSums[x + 2] + columnSums[x + 3];
                largest = Math.max(largest, sum);
            }
        }
        return largest / (WINDOW * WINDOW);
    }
}
