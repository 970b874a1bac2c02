package io.afterimage.score;

/**
 * A measured value and the interval it is believed to lie in, with a confidence of 95 %.
 *
 * @param value what was measured
 * @param lower end of the interval, at most {@code value}
 * @param upper end of the interval, at least {@code value}
 */
public record Estimate(double value, double lower, double upper) {
    static final double CONFIDENCE = 0.95;
}
