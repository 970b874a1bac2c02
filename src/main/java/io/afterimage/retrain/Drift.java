package io.afterimage.retrain;

import java.util.LinkedHashMap;
import java.util.Map;

/** How a stream no longer fits the calibration of its model. */
public sealed interface Drift {
    /** Probability of so much on a stream that has not changed, one block of it. */
    double pValue();

    /** Verdicts since the detector was last reset. */
    long images();

    /** In words, for people. */
    String reason();

    /** Everything that was measured, by name. */
    Map<String, Double> figures();

    /**
     * Normal verdicts score differently from normal images of the calibration sample.
     *
     * @param distance of Kolmogorov and Smirnov: the largest difference of the two distribution functions, in [0, 1]
     */
    record ScoresShifted(double distance, double pValue, long images) implements Drift {
        @Override
        public String reason() {
            return "the scores of normal images have moved: Kolmogorov-Smirnov distance %.3f (probability of that by chance: %.1e)"
                    .formatted(distance, pValue);
        }

        @Override
        public Map<String, Double> figures() {
            Map<String, Double> figures = figuresOf(this);
            figures.put("distance", distance);
            return figures;
        }
    }

    /**
     * There are more or fewer anomalies than the calibration sample promises.
     *
     * @param observed share of anomalous verdicts in the block, in [0, 1]
     * @param expected share on an unchanged stream: at most alpha
     */
    record AlarmRateOff(double observed, double expected, double pValue, long images) implements Drift {
        @Override
        public String reason() {
            return "%.1f %% of the last images are anomalous, %.1f %% were to be expected (probability of that by chance: %.1e)"
                    .formatted(100 * observed, 100 * expected, pValue);
        }

        @Override
        public Map<String, Double> figures() {
            Map<String, Double> figures = figuresOf(this);
            figures.put("alarm-rate", observed);
            figures.put("expected", expected);
            return figures;
        }
    }

    private static Map<String, Double> figuresOf(Drift drift) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("images", (double) drift.images());
        figures.put("p-value", drift.pValue());
        return figures;
    }
}
