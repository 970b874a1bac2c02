package io.afterimage.score;

/**
 * What the residual of normal images is at each place of the picture. A camera that does not move sees edges at the same places, where even
 * a normal image cannot be reconstructed well; a residual counts there only when it is larger than usual there.
 *
 * @param means root mean squares of the blurred residual, averaged over images, row by row
 * @param deviations their standard deviations over images
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record PlaceStatistics(float[] means, float[] deviations) {
    /** Share of the mean deviation that is added to each: where nothing ever happens, next to nothing would be an alarm. */
    private static final float FLOOR = 0.25f;

    public PlaceStatistics {
        if (means.length != deviations.length) {
            throw new IllegalArgumentException("as many means as deviations are needed");
        }
    }

    /** Takes residuals at face value: before anything was learned. */
    public static PlaceStatistics neutral(int pixels) {
        float[] ones = new float[pixels];
        java.util.Arrays.fill(ones, 1);
        return new PlaceStatistics(new float[pixels], ones);
    }

    /** Gathers residuals of normal images, one at a time, in memory for one (Welford, Technometrics 1962). */
    public static final class Gathering {
        private final double[] means;
        private final double[] squares;
        private int images;

        /** @param pixels of a residual picture */
        public Gathering(int pixels) {
            this.means = new double[pixels];
            this.squares = new double[pixels];
        }

        /**
         * Adds an image.
         *
         * @param residual picture of its residual, see {@link ResidualScores#residualMap}
         */
        public void add(float[] residual) {
            images++;
            for (int i = 0; i < means.length; i++) {
                double difference = residual[i] - means[i];
                means[i] += difference / images;
                squares[i] += difference * (residual[i] - means[i]);
            }
        }

        /** What was gathered from at least two images. */
        public PlaceStatistics statistics() {
            float[] floats = new float[means.length];
            float[] deviations = new float[means.length];
            for (int i = 0; i < means.length; i++) {
                floats[i] = (float) means[i];
                deviations[i] = (float) Math.sqrt(squares[i] / (images - 1));
            }
            return new PlaceStatistics(floats, deviations);
        }
    }

    /** Writes by how many deviations a residual picture exceeds what is usual at each place. */
    void standardise(float[] residual, float[] target) {
        float floor = floor();
        for (int i = 0; i < means.length; i++) {
            target[i] = (residual[i] - means[i]) / (deviations[i] + floor);
        }
    }

    private float floor() {
        double sum = 0;
        for (float deviation : deviations) {
            sum += deviation;
        }
        return Math.max(1e-6f, FLOOR * (float) (sum / deviations.length));
    }
}
