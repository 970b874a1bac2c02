package io.afterimage.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResidualScoresTest {

    @Test
    void aPerfectReconstructionScoresZero() {
        float[] image = noise(1, 28, 28, 1);
        ResidualScores scores = scored(1, 28, 28, image, image);

        assertThat(scores.b2l2()).isZero();
        assertThat(scores.blgms()).isCloseTo(0, within(1e-9));
        assertThat(scores.blmp()).isZero();
        assertThat(scores.residualMap()).containsOnly(0);
    }

    @Test
    void aMissingSpotIsSeenWhereItIs() {
        float[] image = new float[28 * 28];
        for (int y = 10; y < 16; y++) {
            for (int x = 4; x < 10; x++) {
                image[y * 28 + x] = 1;
            }
        }
        ResidualScores scores = scored(1, 28, 28, image, new float[28 * 28]);

        float[] map = scores.residualMap();
        assertThat(map[13 * 28 + 7]).isGreaterThan(0.9f);
        assertThat(map[13 * 28 + 20]).isZero();
        assertThat(scores.blmp()).isBetween(0.8, 1.0);
    }

    @Test
    void passesAreAveraged() {
        float[] image = noise(1, 20, 24, 1);
        float[] first = noise(1, 20, 24, 2);
        float[] second = noise(1, 20, 24, 3);
        ResidualScores one = scored(1, 20, 24, image, first);
        double firstB2l2 = one.b2l2();
        double firstBlmp = one.blmp();
        ResidualScores other = scored(1, 20, 24, image, second);

        ResidualScores both = new ResidualScores(1, 20, 24);
        both.begin(image, 0, true);
        both.add(image, 0, first, 0, true);
        both.add(image, 0, second, 0, true);

        assertThat(both.b2l2()).isCloseTo((firstB2l2 + other.b2l2()) / 2, within(1e-9));
        assertThat(both.blmp()).isCloseTo((firstBlmp + other.blmp()) / 2, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"1,16,16", "1,28,28", "3,17,23", "3,64,16"})
    void agreesWithTheDefinitionsWrittenOutPixelByPixel(int channels, int height, int width) {
        float[] image = noise(channels, height, width, 5);
        float[] reconstruction = noise(channels, height, width, 6);
        ResidualScores scores = scored(channels, height, width, image, reconstruction);

        Definitions expected = new Definitions(channels, height, width, image, reconstruction);
        assertThat(scores.b2l2()).isCloseTo(expected.b2l2, within(1e-5 * expected.b2l2));
        assertThat(scores.blgms()).isCloseTo(expected.blgms, within(1e-4 * expected.blgms));
        assertThat(scores.blmp()).isCloseTo(expected.blmp, within(1e-5 * expected.blmp));
    }

    private static ResidualScores scored(int channels, int height, int width, float[] image, float[] reconstruction) {
        ResidualScores scores = new ResidualScores(channels, height, width);
        scores.begin(image, 0, true);
        scores.add(image, 0, reconstruction, 0, true);
        return scores;
    }

    private static float[] noise(int channels, int height, int width, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[channels * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }

    /** The scores as they are defined, in double precision and two-dimensional loops. */
    private static final class Definitions {
        private static final double[] BINOMIAL = {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};
        private static final double[] SMOOTH = {1, 1, 1};
        private static final double[] DIFFERENCE = {-1 / 3.0, 0, 1 / 3.0};

        private final int height;
        private final int width;
        private double b2l2;
        private double blgms;
        private double blmp;

        Definitions(int channels, int height, int width, float[] image, float[] reconstruction) {
            this.height = height;
            this.width = width;
            double[][] energy = new double[height][width];
            for (int c = 0; c < channels; c++) {
                double[][] x = plane(image, c);
                double[][] y = plane(reconstruction, c);
                double[][] residual = new double[height][width];
                for (int i = 0; i < height; i++) {
                    for (int j = 0; j < width; j++) {
                        residual[i][j] = y[i][j] - x[i][j];
                    }
                }
                double[][] blurred = filter(residual, BINOMIAL, BINOMIAL);
                b2l2 += squares(filter(blurred, BINOMIAL, BINOMIAL));
                double[][] a = magnitude(x);
                double[][] b = magnitude(y);
                double[][] dissimilarity = new double[height][width];
                for (int i = 0; i < height; i++) {
                    for (int j = 0; j < width; j++) {
                        double numerator = 2 * a[i][j] * b[i][j] + 0.0026;
                        dissimilarity[i][j] = 1 - numerator / (a[i][j] * a[i][j] + b[i][j] * b[i][j] + 0.0026);
                        energy[i][j] += blurred[i][j] * blurred[i][j] / channels;
                    }
                }
                blgms += squares(filter(dissimilarity, BINOMIAL, BINOMIAL));
            }
            for (int i = 0; i + 4 <= height; i++) {
                for (int j = 0; j + 4 <= width; j++) {
                    double sum = 0;
                    for (int k = 0; k < 16; k++) {
                        sum += energy[i + k / 4][j + k % 4];
                    }
                    blmp = Math.max(blmp, sum / 16);
                }
            }
        }

        private double[][] plane(float[] values, int channel) {
            double[][] plane = new double[height][width];
            for (int i = 0; i < height * width; i++) {
                plane[i / width][i % width] = values[channel * height * width + i];
            }
            return plane;
        }

        private double[][] magnitude(double[][] plane) {
            double[][] horizontal = filter(plane, SMOOTH, DIFFERENCE);
            double[][] vertical = filter(plane, DIFFERENCE, SMOOTH);
            double[][] magnitude = new double[height][width];
            for (int i = 0; i < height; i++) {
                for (int j = 0; j < width; j++) {
                    magnitude[i][j] = Math.hypot(horizontal[i][j], vertical[i][j]);
                }
            }
            return magnitude;
        }

        private double[][] filter(double[][] plane, double[] down, double[] across) {
            int radius = down.length / 2;
            double[][] filtered = new double[height][width];
            for (int i = 0; i < height; i++) {
                for (int j = 0; j < width; j++) {
                    for (int v = -radius; v <= radius; v++) {
                        for (int u = -radius; u <= radius; u++) {
                            filtered[i][j] += down[v + radius]
                                    * across[u + radius]
                                    * plane[mirror(i + v, height)][mirror(j + u, width)];
                        }
                    }
                }
            }
            return filtered;
        }

        private static int mirror(int i, int n) {
            if (i < 0) {
                return -i;
            }
            return i >= n ? 2 * n - 2 - i : i;
        }

        private static double squares(double[][] plane) {
            double sum = 0;
            for (double[] row : plane) {
                for (double value : row) {
                    sum += value * value;
                }
            }
            return sum;
        }
    }
}
