package io.afterimage.score;

import io.afterimage.image.InputShape;

/** How much a picture is like another, as the literature on denoising and super-resolution measures it. */
public final class PictureSimilarity {
    private static final int RADIUS = 5;
    private static final double SIGMA = 1.5;
    private static final double C1 = 0.01 * 0.01;
    private static final double C2 = 0.03 * 0.03;
    private static final double[] WINDOW = window();

    private PictureSimilarity() {}

    /**
     * Peak signal-to-noise ratio in dB: 10·log10(1 / mean squared error).
     *
     * @param picture values in [0, 1]
     * @param truth as many
     * @return infinite for equal pictures
     */
    public static double psnr(float[] picture, float[] truth) {
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            double error = picture[i] - truth[i];
            sum += error * error;
        }
        return -10 * Math.log10(sum / truth.length);
    }

    /**
     * Structural similarity (Wang et al., IEEE Transactions on Image Processing 2004): the mean over all places of a Gaussian window of
     * 11×11 pixels, sigma 1.5, and over the channels. Pictures smaller than the window have the window cut at their border; so has every
     * picture near its border.
     *
     * @param picture planes of values in [0, 1]
     * @param truth as many
     * @return in [-1, 1], 1 for equal pictures
     */
    public static double ssim(float[] picture, float[] truth, InputShape shape) {
        double sum = 0;
        for (int channel = 0; channel < shape.channels(); channel++) {
            sum += ssim(picture, truth, channel * shape.pixels(), shape.height(), shape.width());
        }
        return sum / shape.channels();
    }

    private static double ssim(float[] a, float[] b, int offset, int height, int width) {
        int pixels = height * width;
        double[][] moments = new double[5][pixels];
        for (int i = 0; i < pixels; i++) {
            double x = a[offset + i];
            double y = b[offset + i];
            moments[0][i] = x;
            moments[1][i] = y;
            moments[2][i] = x * x;
            moments[3][i] = y * y;
            moments[4][i] = x * y;
        }
        for (double[] moment : moments) {
            blur(moment, height, width);
        }
        double sum = 0;
        for (int i = 0; i < pixels; i++) {
            double meanX = moments[0][i];
            double meanY = moments[1][i];
            double varianceX = moments[2][i] - meanX * meanX;
            double varianceY = moments[3][i] - meanY * meanY;
            double covariance = moments[4][i] - meanX * meanY;
            sum += (2 * meanX * meanY + C1)
                    * (2 * covariance + C2)
                    / ((meanX * meanX + meanY * meanY + C1) * (varianceX + varianceY + C2));
        }
        return sum / pixels;
    }

    private static void blur(double[] values, int height, int width) {
        double[] rows = new double[values.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rows[y * width + x] = weighted(values, y * width, 1, x, width);
            }
        }
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                values[y * width + x] = weighted(rows, x, width, y, height);
            }
        }
    }

    /** Weighted mean around a place of a line of values; the weights of places outside go to those inside. */
    private static double weighted(double[] values, int start, int step, int place, int length) {
        double sum = 0;
        double weights = 0;
        for (int k = Math.max(0, place - RADIUS); k <= Math.min(length - 1, place + RADIUS); k++) {
            double weight = WINDOW[Math.abs(k - place)];
            sum += weight * values[start + k * step];
            weights += weight;
        }
        return sum / weights;
    }

    private static double[] window() {
        double[] weights = new double[RADIUS + 1];
        for (int i = 0; i <= RADIUS; i++) {
            weights[i] = Math.exp(-i * i / (2 * SIGMA * SIGMA));
        }
        return weights;
    }
}
