package io.afterimage.retrain;

import io.afterimage.model.Analysis;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.RocArea;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What one model makes of the images of the gate, image by image. */
final class Measurement {
    static final String AUROC = "auroc";
    static final String RESIDUAL = "residual";
    static final String GOLDEN_AUROC = "golden.auroc";
    static final String GOLDEN_RESIDUAL = "golden.residual";
    static final String GOLDEN_ALARMS = "golden.alarm-rate";

    private final Normals heldOut;
    private final Map<Defect, double[]> defects = new EnumMap<>(Defect.class);
    private final Optional<Normals> golden;
    private final double[] goldenAnomalous;

    /** Scores, p-values and mean squared residuals of normal images. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
    private record Normals(double[] scores, double[] pValues, double[] residuals) {
        static Normals of(ScoringModel model, List<float[]> images) {
            int count = images.size();
            Normals normals = new Normals(new double[count], new double[count], new double[count]);
            Batches.analyse(model, count, images::get, (i, image, analysis) -> {
                normals.scores[i] = analysis.score();
                normals.pValues[i] = analysis.pValue();
                normals.residuals[i] = meanSquare(image, analysis);
            });
            return normals;
        }

        private static double meanSquare(float[] image, Analysis analysis) {
            double sum = 0;
            for (int i = 0; i < image.length; i++) {
                double residual = analysis.reconstruction()[i] - image[i];
                sum += residual * residual;
            }
            return sum / image.length;
        }
    }

    /** The images of the gate, resampled; the same for every model. */
    @SuppressWarnings("ArrayRecordComponent") // indices handed on, never compared
    record Draws(int[][] heldOut, int[][] golden, int[][] goldenAnomalous) {}

    Measurement(ScoringModel model, List<float[]> images, SyntheticDefects synthetic, Optional<GoldenSet> goldenSet) {
        heldOut = Normals.of(model, images);
        for (Defect kind : Defect.values()) {
            double[] scores = new double[images.size()];
            Batches.analyse(
                    model,
                    scores.length,
                    i -> synthetic.spoil(kind, i),
                    (i, image, analysis) -> scores[i] = analysis.score());
            defects.put(kind, scores);
        }
        golden = goldenSet.map(set -> Normals.of(model, set.normal()));
        goldenAnomalous =
                goldenSet.map(set -> Batches.scores(model, set.anomalous())).orElse(new double[0]);
    }

    double[] scores() {
        return heldOut.scores;
    }

    /** Whether every score and residual is a number. */
    boolean finite() {
        return Arrays.stream(heldOut.scores).allMatch(Double::isFinite)
                && Arrays.stream(heldOut.residuals).allMatch(Double::isFinite)
                && defects.values().stream().flatMapToDouble(Arrays::stream).allMatch(Double::isFinite)
                && golden.stream().flatMapToDouble(n -> Arrays.stream(n.scores)).allMatch(Double::isFinite)
                && Arrays.stream(goldenAnomalous).allMatch(Double::isFinite);
    }

    /** The share of held-out normal images with p ≤ alpha. */
    double alarmRate(double alpha) {
        return alarms(heldOut.pValues, alpha).average().orElseThrow();
    }

    /**
     * Every figure on the images as they are and on each resample. A defect is drawn together with the image it was made from.
     * The overall AUROC is the mean over the kinds.
     */
    Map<String, double[]> figures(Draws draws, double alpha) {
        Map<String, double[]> figures = new LinkedHashMap<>();
        double[] overall = new double[draws.heldOut.length];
        figures.put(AUROC, overall);
        for (Defect kind : Defect.values()) {
            double[] spoilt = Objects.requireNonNull(defects.get(kind));
            double[] areas = figure(draws.heldOut, draw -> RocArea.of(pick(spoilt, draw), pick(heldOut.scores, draw)));
            figures.put(AUROC + "." + kind.label(), areas);
            Arrays.setAll(overall, r -> overall[r] + areas[r] / Defect.values().length);
        }
        figures.put(RESIDUAL, figure(draws.heldOut, draw -> mean(heldOut.residuals, draw)));
        golden.ifPresent(normal -> {
            figures.put(GOLDEN_RESIDUAL, figure(draws.golden, draw -> mean(normal.residuals, draw)));
            double[] alarms = alarms(normal.pValues, alpha).toArray();
            figures.put(GOLDEN_ALARMS, figure(draws.golden, draw -> mean(alarms, draw)));
            if (goldenAnomalous.length > 0) {
                double[] areas = new double[draws.golden.length];
                Arrays.setAll(
                        areas,
                        r -> RocArea.of(
                                pick(goldenAnomalous, draws.goldenAnomalous[r]), pick(normal.scores, draws.golden[r])));
                figures.put(GOLDEN_AUROC, areas);
            }
        });
        return figures;
    }

    private static java.util.stream.DoubleStream alarms(double[] pValues, double alpha) {
        return Arrays.stream(pValues).map(p -> p <= alpha ? 1 : 0);
    }

    private static double[] figure(int[][] draws, java.util.function.ToDoubleFunction<int[]> of) {
        return Arrays.stream(draws).mapToDouble(of).toArray();
    }

    private static double mean(double[] values, int[] draw) {
        double sum = 0;
        for (int i : draw) {
            sum += values[i];
        }
        return sum / draw.length;
    }

    private static double[] pick(double[] values, int[] draw) {
        double[] picked = new double[draw.length];
        for (int i = 0; i < draw.length; i++) {
            picked[i] = values[draw[i]];
        }
        return picked;
    }
}
