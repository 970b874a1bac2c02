package io.afterimage.retrain;

import io.afterimage.retrain.ShiftJudgement.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tells a burst of defects from a new normal. Both begin as images that the current model finds anomalous; a new normal
 *
 * <ol>
 *   <li>takes over: in a block of m images, at least a certain share is shifted (the anomalous ones beyond the alpha that any
 *       stream has);
 *   <li>stays: this holds for several blocks in a row, and for some time;
 *   <li>belongs together: shifted pictures vary among themselves about as much as normal pictures do ({@link Coherence}).
 * </ol>
 *
 * <p>No rule that looks at pictures alone can be sure. Foreign objects of one kind that make up most of the stream, for
 * long enough, are a new product to this rule, and so is the same scratch on every picture; a sensor that turns noisy for good is
 * not a new normal. Hence {@link Mode#CONFIRM}. An operator's word replaces the third condition, in either mode, but not
 * the first two: a confirmation that is given too early or too late does not teach defects.
 *
 * <p>Images that the model does not find anomalous, like digits slightly out of focus or in less light, need no rule: they are
 * learned as any normal image is.
 *
 * <p>One rule watches one stream, in constant memory. For one thread at a time.
 */
public final class ShiftRule {
    private final Parameters parameters;
    private double alpha;
    private int images;
    private int anomalous;
    private long blockStart;
    private boolean any;
    private double share;
    private int blocks;
    private long runStart;
    private long latest;

    /** Who has the last word on a new normal. */
    public enum Mode {
        /** An operator: what the rule takes for a new normal waits for his confirmation. */
        CONFIRM,
        /** The rule. */
        AUTOMATIC
    }

    /**
     * What makes a new normal.
     *
     * @param blockImages m, images of a block, at least 10
     * @param leastShare share of a block that must be shifted, in (0, 1]
     * @param leastBlocks blocks in a row that must have it, at least 1
     * @param leastDuration time from the first image of these blocks to the last, by the images' own timestamps
     * @param leastPictures shifted and normal pictures needed to compare them, at least 2
     * @param leastSpread {@link Coherence#spread} below which shifted pictures are one and the same
     * @param mostSpread {@link Coherence#spread} above which they have nothing in common
     */
    public record Parameters(
            int blockImages,
            double leastShare,
            int leastBlocks,
            Duration leastDuration,
            int leastPictures,
            double leastSpread,
            double mostSpread,
            Mode mode) {
        /**
         * Half of the stream, for three blocks of 1,000 images and a minute, with a spread from 0.2 to 1.1, learned without
         * asking. Measured on digits, 100 pictures at a time: what changes all pictures alike has 0.31 to 1.06, a frozen
         * picture 0.07, torn digits 1.16 and more. Where wrong learning is dear, ask: {@link Mode#CONFIRM}.
         */
        public static final Parameters DEFAULT =
                new Parameters(1_000, 0.5, 3, Duration.ofMinutes(1), 100, 0.2, 1.1, Mode.AUTOMATIC);

        public Parameters {
            if (blockImages < 10 || leastBlocks < 1 || leastPictures < 2 || leastDuration.isNegative()) {
                throw new IllegalArgumentException(
                        "a new normal needs blocks of at least 10 images, 1 block and 2 pictures, not %d, %d, %d, and no negative time: %s"
                                .formatted(blockImages, leastBlocks, leastPictures, leastDuration));
            }
            if (!(leastShare > 0 && leastShare <= 1) || !(leastSpread >= 0 && leastSpread <= mostSpread)) {
                throw new IllegalArgumentException("the share %s must be within (0, 1], the spreads %s..%s in order"
                        .formatted(leastShare, leastSpread, mostSpread));
            }
        }
    }

    /** For verdicts at {@code alpha} in (0, 1). */
    public ShiftRule(Parameters parameters, double alpha) {
        this.parameters = parameters;
        reset(alpha);
    }

    /** Begins anew, for the verdicts of another model. */
    public void reset(double newAlpha) {
        if (!(newAlpha > 0 && newAlpha < 1)) {
            throw new IllegalArgumentException("alpha must be within (0, 1), not " + newAlpha);
        }
        alpha = newAlpha;
        images = 0;
        anomalous = 0;
        any = false;
        share = 0;
        blocks = 0;
    }

    /**
     * Takes the next verdict on an image of the stream.
     *
     * @param timestamp of the image, milliseconds since 1970
     */
    public void accept(boolean isAnomalous, long timestamp) {
        if (images == 0) {
            blockStart = timestamp;
        }
        images++;
        anomalous += isAnomalous ? 1 : 0;
        if (images == parameters.blockImages()) {
            any = true;
            share = Math.max(0, ((double) anomalous / images - alpha) / (1 - alpha));
            if (share < parameters.leastShare()) {
                blocks = 0;
            } else {
                runStart = blocks == 0 ? blockStart : runStart;
                latest = timestamp;
                blocks++;
            }
            images = 0;
            anomalous = 0;
        }
    }

    /** When the present run of shifted blocks began, milliseconds since 1970; empty when the last block was not shifted. */
    Optional<Long> shiftedSince() {
        return blocks == 0 ? Optional.empty() : Optional.of(runStart);
    }

    /**
     * Judges the stream up to its last whole block.
     *
     * @param shifted vectors of anomalous images of these blocks, see {@link PictureVector}
     * @param normal vectors of images that are known to be normal, or were before the shift
     * @param confirmed whether an operator has said that the shifted images are normal
     */
    public ShiftJudgement judge(List<float[]> shifted, List<float[]> normal, boolean confirmed) {
        if (!any) {
            return judgement(Outcome.UNDECIDED, "fewer than %d images so far".formatted(parameters.blockImages()));
        }
        if (blocks == 0) {
            return judgement(
                    Outcome.BURST,
                    "%.1f %% of the last %d images are shifted, a new normal needs %.1f %%"
                            .formatted(100 * share, parameters.blockImages(), 100 * parameters.leastShare()));
        }
        Duration duration = Duration.ofMillis(Math.max(0, latest - runStart));
        String lasted = "shifted for %d blocks and %d s".formatted(blocks, duration.toSeconds());
        if (blocks < parameters.leastBlocks() || duration.compareTo(parameters.leastDuration()) < 0) {
            return judgement(
                    Outcome.UNDECIDED,
                    lasted
                            + ", a new normal needs %d and %d s"
                                    .formatted(
                                            parameters.leastBlocks(),
                                            parameters.leastDuration().toSeconds()));
        }
        if (confirmed) {
            return judgement(Outcome.NEW_NORMAL, lasted + ", and confirmed");
        }
        if (Math.min(shifted.size(), normal.size()) < parameters.leastPictures()) {
            return judgement(
                    Outcome.UNDECIDED,
                    lasted
                            + "; %d shifted and %d normal pictures, to compare them takes %d of each"
                                    .formatted(shifted.size(), normal.size(), parameters.leastPictures()));
        }
        return compare(Coherence.of(shifted, normal), lasted);
    }

    private ShiftJudgement compare(Coherence coherence, String lasted) {
        double spread = coherence.spread();
        boolean coherent = spread >= parameters.leastSpread() && spread <= parameters.mostSpread();
        boolean asks = coherent && parameters.mode() == Mode.CONFIRM;
        Outcome outcome = asks ? Outcome.UNDECIDED : coherent ? Outcome.NEW_NORMAL : Outcome.BURST;
        String reason = lasted
                + "; shifted pictures vary %.2f times as much as normal ones, those of a new normal %.2f to %.2f times%s"
                        .formatted(
                                spread,
                                parameters.leastSpread(),
                                parameters.mostSpread(),
                                asks ? "; waits to be confirmed" : "");
        return new ShiftJudgement(outcome, share, blocks, Optional.of(coherence), asks, reason);
    }

    private ShiftJudgement judgement(Outcome outcome, String reason) {
        return new ShiftJudgement(outcome, share, blocks, Optional.empty(), false, reason);
    }
}
