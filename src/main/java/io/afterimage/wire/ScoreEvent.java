package io.afterimage.wire;

import io.afterimage.score.Verdict;
import java.util.Map;

/**
 * The payload of the score and anomaly topics: all that is needed to dispute a verdict.
 *
 * @param id the id of the image event; {@code topic-partition-offset} when it came without one
 * @param stream the camera, line or sensor the image came from: the record's key
 * @param source where the image is
 * @param time when the image was taken, RFC 3339: {@code ce_time} of the image, otherwise the record's timestamp
 * @param model the model that gave the verdict
 * @param score the fused score, in standard deviations summed over the parts; higher is more anomalous
 * @param parts the logarithm of each raw score that was fused, by name
 * @param pValue share of the calibration sample that scores at least as high, in (0, 1]
 * @param alpha the false-alarm rate asked for, in (0, 1)
 * @param verdict {@code anomalous} when {@code pValue <= alpha}, otherwise {@code normal}
 */
public record ScoreEvent(
        String id,
        String stream,
        Source source,
        String time,
        Model model,
        double score,
        Map<String, Double> parts,
        double pValue,
        double alpha,
        String verdict) {

    /** @throws IllegalArgumentException for a number JSON cannot carry or the contract does not allow */
    public ScoreEvent {
        if (!Double.isFinite(score) || !parts.values().stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("score " + score + " and its parts " + parts + " must be finite");
        }
        if (!(pValue > 0 && pValue <= 1) || !(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("p-value " + pValue + " or alpha " + alpha + " is out of range");
        }
        if (!verdict.equals(Verdict.ANOMALOUS.label()) && !verdict.equals(Verdict.NORMAL.label())) {
            throw new IllegalArgumentException("not a verdict: '" + verdict + "'");
        }
    }

    /** Whether the verdict is {@code anomalous}. */
    public boolean anomalous() {
        return verdict.equals(Verdict.ANOMALOUS.label());
    }

    /** Position of the image in Kafka. */
    public record Source(String topic, int partition, long offset) {}

    /** Name and version of the model. */
    public record Model(String name, String version) {}
}
