package io.afterimage.retrain;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the gate decided about one candidate.
 *
 * @param decision what becomes of it
 * @param model its name
 * @param version its version
 * @param previous version of the model it was compared with
 * @param reason why, in words
 * @param figures everything that was measured: {@code <figure>.current}, {@code .candidate}, {@code .difference} (candidate −
 *     current; of {@code residual} relative to the current one) and the {@code .low} and {@code .high} ends of its confidence
 *     interval, for {@code auroc}, {@code auroc.<defect>}, {@code residual}, {@code golden.auroc}, {@code golden.residual} and
 *     {@code golden.alarm-rate}; {@code alarm-rate.<model>} with the {@code .low} and {@code .high} ends of what a right
 *     calibration gives. Empty when the candidate could not be measured
 * @param heldOut normal images they were compared on
 * @param golden golden images they were compared on
 */
public record Promotion(
        Decision decision,
        String model,
        String version,
        String previous,
        String reason,
        Map<String, Double> figures,
        int heldOut,
        int golden) {
    /** What becomes of a candidate. */
    public enum Decision {
        PROMOTED,
        REFUSED
    }

    public Promotion {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    public boolean promoted() {
        return decision == Decision.PROMOTED;
    }

    Promotion refused(String why) {
        return new Promotion(Decision.REFUSED, model, version, previous, why, figures, heldOut, golden);
    }
}
