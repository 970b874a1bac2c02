package io.afterimage.wire;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The payload of the model events topic: what happened to a model, and why.
 *
 * @param type the label of a {@link Type}
 * @param model the name of the model: the record's key
 * @param version the version it happened to
 * @param previous the version that was current before, or beside which it scores along; empty when there was none
 * @param reason one or two sentences for people, at most {@value #MAX_REASON} characters
 * @param at when, RFC 3339
 * @param figures what was measured, by name; empty when nothing was
 * @param instance the process that says so
 */
public record ModelEvent(
        String type,
        String model,
        String version,
        String previous,
        String reason,
        String at,
        Map<String, Double> figures,
        String instance) {
    public static final int MAX_REASON = 2000;

    /** @throws IllegalArgumentException for a type that is not known, a reason that is too long or a figure that is not finite */
    public ModelEvent {
        if (Arrays.stream(Type.values()).noneMatch(known -> known.label().equals(type))) {
            throw new IllegalArgumentException("not a type of model event: '" + type + "'");
        }
        if (reason.length() > MAX_REASON) {
            throw new IllegalArgumentException("a reason has at most " + MAX_REASON + " characters");
        }
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        if (!figures.values().stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("figures must be finite: " + figures);
        }
    }

    /** An event of now; a reason that is too long is cut. */
    public static ModelEvent of(
            Type type,
            String model,
            String version,
            String previous,
            String reason,
            Instant at,
            Map<String, Double> figures,
            String instance) {
        return new ModelEvent(type.label(), model, version, previous, cut(reason), at.toString(), figures, instance);
    }

    /** The beginning of a reason, as much as an event takes. */
    static String cut(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 1) + "…";
    }

    /** What can happen to a model. */
    public enum Type {
        /** Its bytes are on the models topic. */
        PUBLISHED("published"),
        /** It became the current one. */
        PROMOTED("promoted"),
        /** A candidate was not good enough to be published. */
        REFUSED("refused"),
        /** An earlier version became current again. */
        ROLLED_BACK("rolled-back"),
        /** It was deleted from the models topic. */
        PRUNED("pruned"),
        /** An instance uses it from now on. */
        SWAPPED("swapped"),
        /** An instance was told to use it and will not. */
        REJECTED("rejected"),
        /** The stream no longer fits its calibration. */
        DRIFTED("drifted"),
        /** What the stream has become is learned. */
        LEARNING("learning"),
        /** It was a burst of defects, which is not learned. */
        BURST("burst"),
        /** A new normal is learned only when an operator confirms it. */
        HELD("held"),
        /** A training failed. */
        FAILED("failed"),
        /** An operator asks for a training. */
        REQUESTED("requested"),
        /** An operator says that what was held is normal. */
        CONFIRMED("confirmed"),
        /** It is to score along without a say. */
        CHALLENGED("challenged"),
        /** An instance lets it score along from now on. */
        SHADOWING("shadowing"),
        /** It is not to score along any more. */
        RETIRED("retired");

        private final String label;

        Type(String label) {
            this.label = label;
        }

        /** {@code published}, {@code rolled-back}, … */
        public String label() {
            return label;
        }
    }
}
