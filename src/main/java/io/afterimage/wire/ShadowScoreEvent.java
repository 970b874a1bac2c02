package io.afterimage.wire;

import io.afterimage.score.Verdict;

/**
 * The payload of the shadow-score topic: what two models make of the same image. Only the champion's verdict counts; the
 * challenger's is what it would have been.
 *
 * @param id the id of the image event; {@code topic-partition-offset} when it came without one
 * @param stream the camera, line or sensor the image came from: the record's key
 * @param source where the image is
 * @param time when the image was taken, RFC 3339
 * @param alpha the false-alarm rate asked for, in (0, 1); the same for both
 * @param champion the model that gives the verdicts
 * @param challenger the model that scores along
 */
public record ShadowScoreEvent(
        String id,
        String stream,
        ScoreEvent.Source source,
        String time,
        double alpha,
        ModelScore champion,
        ModelScore challenger) {

    /** @throws IllegalArgumentException for an alpha the contract does not allow */
    public ShadowScoreEvent {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("alpha " + alpha + " is out of range");
        }
    }

    /** A challenger's opinion beside a verdict that was given. */
    public static ShadowScoreEvent of(ScoreEvent score, ModelScore challenger) {
        return new ShadowScoreEvent(
                score.id(),
                score.stream(),
                score.source(),
                score.time(),
                score.alpha(),
                new ModelScore(
                        score.model().name(), score.model().version(), score.score(), score.pValue(), score.verdict()),
                challenger);
    }

    /**
     * What one model says.
     *
     * @param name of the model
     * @param version of the model
     * @param score the fused score; the scores of two models are on different scales, their p-values are not
     * @param pValue share of the model's own calibration sample that scores at least as high, in (0, 1]
     * @param verdict {@code anomalous} when {@code pValue <= alpha}, otherwise {@code normal}
     */
    public record ModelScore(String name, String version, double score, double pValue, String verdict) {
        /** @throws IllegalArgumentException for a number JSON cannot carry or the contract does not allow */
        public ModelScore {
            if (!Double.isFinite(score)) {
                throw new IllegalArgumentException("score " + score + " must be finite");
            }
            if (!(pValue > 0 && pValue <= 1)) {
                throw new IllegalArgumentException("p-value " + pValue + " is out of range");
            }
            if (!verdict.equals(Verdict.ANOMALOUS.label()) && !verdict.equals(Verdict.NORMAL.label())) {
                throw new IllegalArgumentException("not a verdict: '" + verdict + "'");
            }
        }

        /** Whether the verdict is {@code anomalous}. */
        public boolean anomalous() {
            return verdict.equals(Verdict.ANOMALOUS.label());
        }
    }
}
