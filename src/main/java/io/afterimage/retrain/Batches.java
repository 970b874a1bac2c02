package io.afterimage.retrain;

import io.afterimage.model.Analysis;
import io.afterimage.model.ScoringModel;
import java.util.List;
import java.util.function.IntFunction;

/** Puts many images through a model a few at a time, so that memory does not grow with their number. */
public final class Batches {
    private static final int SIZE = 64;

    /** What is kept of an image's analysis. */
    interface Keeper {
        void keep(int index, float[] image, Analysis analysis);
    }

    private Batches() {}

    /** Analyses images 0 to {@code count} − 1; each is made when its batch comes. */
    static void analyse(ScoringModel model, int count, IntFunction<float[]> images, Keeper keeper) {
        int size = model.shape().size();
        for (int from = 0; from < count; from += SIZE) {
            int batch = Math.min(SIZE, count - from);
            float[][] single = new float[batch][];
            float[] joined = new float[batch * size];
            for (int i = 0; i < batch; i++) {
                single[i] = images.apply(from + i);
                System.arraycopy(single[i], 0, joined, i * size, size);
            }
            List<Analysis> analyses = model.analyse(joined, batch);
            for (int i = 0; i < batch; i++) {
                keeper.keep(from + i, single[i], analyses.get(i));
            }
        }
    }

    /** The fused score of each image, see {@link ScoringModel#analyse}. */
    public static double[] scores(ScoringModel model, List<float[]> images) {
        double[] scores = new double[images.size()];
        analyse(model, scores.length, images::get, (i, image, analysis) -> scores[i] = analysis.score());
        return scores;
    }
}
