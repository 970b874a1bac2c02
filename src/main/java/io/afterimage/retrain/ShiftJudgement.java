package io.afterimage.retrain;

import java.util.Optional;

/**
 * What a {@link ShiftRule} makes of the images that the current model finds anomalous.
 *
 * @param share of the last whole block that is shifted, in [0, 1]
 * @param blocks in a row, up to the last one, with at least the share asked for
 * @param coherence when it was looked at
 * @param awaitsConfirmation whether an operator's word is all that is missing to a new normal
 * @param reason in words, with the figures
 */
public record ShiftJudgement(
        Outcome outcome,
        double share,
        int blocks,
        Optional<Coherence> coherence,
        boolean awaitsConfirmation,
        String reason) {

    /** What to do with the anomalous images. */
    public enum Outcome {
        /** They are defects, few or many: leave them out of training. */
        BURST,
        /** The stream has changed for good: learn them. */
        NEW_NORMAL,
        /** They may be either: learn nothing from this stream until more is known. */
        UNDECIDED
    }
}
