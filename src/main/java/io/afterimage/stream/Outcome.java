package io.afterimage.stream;

import io.afterimage.image.Rejection;
import io.afterimage.wire.ScoreEvent;
import org.jspecify.annotations.Nullable;

/** What became of one image. */
public sealed interface Outcome {
    /**
     * It was scored.
     *
     * @param score the verdict and what it rests on
     * @param json the verdict as it is published
     * @param reconstruction the denoised picture as PNG, when the policy wants it
     * @param heatmap the picture of the residual as PNG, when the policy wants it
     * @param embedding the latent vector as JSON, when the policy wants it
     * @param shadow what a challenger makes of it beside the champion, as JSON; null without a challenger, or when it failed
     * @param generation of the model, see {@link io.afterimage.model.CurrentModel.Lease#generation}
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way to Kafka, never compared
    record Scored(
            ScoreEvent score,
            byte[] json,
            byte @Nullable [] reconstruction,
            byte @Nullable [] heatmap,
            byte @Nullable [] embedding,
            byte @Nullable [] shadow,
            long generation)
            implements Outcome {
        /** The same with what a challenger makes of the image. */
        Scored withShadow(byte[] shadow) {
            return new Scored(score, json, reconstruction, heatmap, embedding, shadow, generation);
        }
    }

    /** It could not be scored and becomes a dead letter. */
    record Rejected(Rejection reason, String message) implements Outcome {}
}
