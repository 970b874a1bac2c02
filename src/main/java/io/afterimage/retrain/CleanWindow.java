package io.afterimage.retrain;

import io.afterimage.image.InputShape;
import io.afterimage.model.ScoringModel;
import io.afterimage.train.TrainingImages;
import java.util.ArrayList;
import java.util.List;

/**
 * A window without the images that are most likely anomalies.
 *
 * <p>The parts are not trimmed alike. A network and its feature memory lose little when a few normal images are missing and much
 * when anomalies stay, so the training part loses a fixed share, or twice the estimated number of anomalies where that is more. The fusion, the
 * calibration and the held-out part lose the excess alone: a calibration sample without the tail of the normal images puts the
 * threshold too low, and the realised alarm rate would come out above alpha.
 *
 * @param parts what is left
 * @param trimming what was taken out
 */
public record CleanWindow(WindowParts parts, Trimming trimming) {
    /** Images taken out of the training part for each anomaly in it: some normal images score higher than some anomalies. */
    static final int AMPLE = 2;

    /**
     * Takes out what the current model scores highest.
     *
     * @param share of the training part to take out at least, in [0, 0.5]
     * @param alpha the false-alarm rate of the stream
     */
    static CleanWindow byModel(WindowParts window, ScoringModel model, double alpha, double share) {
        TrainingImages learning = window.learning();
        Judged training = Judged.of(model, learning.training());
        int most = Math.max(
                (int) Math.round(share * training.images().size()), AMPLE * Trimming.anomalies(training.pValues()));
        List<List<float[]>> kept = new ArrayList<>();
        int out = 0;
        for (List<float[]> part : List.of(learning.fusion(), learning.calibration(), window.heldOut())) {
            Judged judged = Judged.of(model, part);
            int excess = Trimming.excess(judged.pValues(), alpha);
            kept.add(judged.without(excess));
            out += excess;
        }
        return of(window, training.without(most), kept, out);
    }

    /**
     * Takes out shares of what scores highest.
     *
     * @param scores of the images of the training, fusion, calibration and held-out part, one array each
     * @param trainingShare of the training part
     * @param heldOutShare of the other parts
     */
    static CleanWindow byScores(WindowParts window, List<double[]> scores, double trainingShare, double heldOutShare) {
        TrainingImages learning = window.learning();
        List<List<float[]>> kept = new ArrayList<>();
        int out = 0;
        List<List<float[]>> others = List.of(learning.fusion(), learning.calibration(), window.heldOut());
        for (int i = 0; i < others.size(); i++) {
            int count = (int) Math.round(heldOutShare * others.get(i).size());
            kept.add(Trimming.without(others.get(i), scores.get(i + 1), count));
            out += count;
        }
        int count = (int) Math.round(trainingShare * learning.training().size());
        return of(window, Trimming.without(learning.training(), scores.get(0), count), kept, out);
    }

    private static CleanWindow of(WindowParts window, List<float[]> training, List<List<float[]>> others, int out) {
        TrainingImages learning = window.learning();
        InputShape shape = learning.shape();
        return new CleanWindow(
                new WindowParts(new TrainingImages(shape, training, others.get(0), others.get(1)), others.get(2)),
                new Trimming(
                        learning.training().size() - training.size(),
                        learning.training().size(),
                        out,
                        learning.fusion().size()
                                + learning.calibration().size()
                                + window.heldOut().size()));
    }

    /** Images with their scores and p-values. */
    @SuppressWarnings("ArrayRecordComponent") // used on the spot, never compared
    private record Judged(List<float[]> images, double[] scores, double[] pValues) {
        static Judged of(ScoringModel model, List<float[]> images) {
            double[] scores = Batches.scores(model, images);
            double[] pValues = java.util.Arrays.stream(scores)
                    .map(model.calibration()::pValue)
                    .toArray();
            return new Judged(images, scores, pValues);
        }

        List<float[]> without(int count) {
            return Trimming.without(images, scores, count);
        }
    }
}
