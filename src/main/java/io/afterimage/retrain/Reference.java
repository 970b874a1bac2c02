package io.afterimage.retrain;

import io.afterimage.model.ScoringModel;

/** What tells anomalies in a window from normal images, so that they are not learned. */
public sealed interface Reference {

    /**
     * The current model: what it scores highest is taken out. Right as long as the stream is what the model knows.
     *
     * @param alpha the false-alarm rate of the stream
     */
    record Current(ScoringModel model, double alpha) implements Reference {}

    /**
     * The images themselves: the stream has shifted and the current model finds all of it odd. Networks are trained on halves
     * of the window first, and each scores the half it has not seen.
     *
     * @param anomalous the share of anomalies to expect, such as that of the stream before its shift; that much is taken out of
     *     the calibration sample, too. 0 leaves the sample whole: with anomalies in it the alarm rate falls below alpha
     */
    record NewNormal(double anomalous) implements Reference {
        public NewNormal {
            if (!(anomalous >= 0 && anomalous <= 0.2)) {
                throw new IllegalArgumentException("the share of anomalies must be within 0..0.2, not " + anomalous);
            }
        }
    }
}
