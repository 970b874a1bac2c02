package io.afterimage.model;

import io.afterimage.score.Fusion;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model is and where it comes from; the JSON file beside its weights.
 *
 * @param format {@value #FORMAT}
 * @param name what the model watches, e.g. {@code digits}; lower case letters, digits and hyphens
 * @param version the first twelve hex digits of a SHA-256 over everything a score depends on
 * @param task what it is for, see {@link Task#label}
 * @param architecture shape of the network
 * @param scoring how raw scores become one score; {@link Scoring#NONE} for tasks without a verdict
 * @param calibration fused scores of held-out normal images, ascending; empty for tasks without a verdict
 * @param weights size and checksum of the weights file
 * @param training how the model was made
 * @param quality what was measured of the model after it was made, by name, e.g. {@code auroc}; empty when nothing was. Not part
 *     of the version: the same model measured again is the same model
 * @param signature Ed25519 over the rest of the manifest, base64; empty when it is not signed
 */
public record ModelManifest(
        String format,
        String name,
        String version,
        String task,
        Architecture architecture,
        Scoring scoring,
        List<Double> calibration,
        Weights weights,
        Training training,
        Map<String, Double> quality,
        String signature) {
    public static final String FORMAT = "afterimage-model/1";

    public ModelManifest {
        calibration = List.copyOf(calibration);
        quality = Collections.unmodifiableMap(new LinkedHashMap<>(quality));
    }

    /**
     * Checks a name.
     *
     * @throws IllegalArgumentException when a model cannot have it
     */
    public static void requireName(String name) {
        if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw new IllegalArgumentException(
                    "a model's name is made of lower case letters, digits and hyphens, not '" + name + "'");
        }
    }

    /**
     * The score recipe and its parameters.
     *
     * @param recipe label of a {@link io.afterimage.score.ScoreRecipe}
     * @param fusion means and deviations of the recipe's parts, in its order
     * @param components length of a whitened feature vector; 0 for recipes that compare no features
     * @param memory number of normal images remembered
     */
    public record Scoring(String recipe, Fusion fusion, int components, int memory) {
        /** Of a model that gives no verdict. */
        public static final Scoring NONE = new Scoring("none", new Fusion(List.of(), List.of()), 0, 0);
    }

    /**
     * The weights file.
     *
     * @param bytes its length
     * @param sha256 its checksum, hex
     */
    public record Weights(long bytes, String sha256) {}

    /**
     * Provenance.
     *
     * @param command the command that made the model
     * @param images where the training images came from
     * @param trained images the network was trained on
     * @param heldOut images held out for fusion and calibration
     * @param steps optimiser steps
     * @param seed of every random choice
     * @param firstLoss mean loss of the first tenth of the steps, squared error per image
     * @param lastLoss mean loss of the last tenth
     * @param parent version of the model it was compared with or began from; empty when there was none
     * @param created when, RFC 3339
     */
    public record Training(
            String command,
            String images,
            int trained,
            int heldOut,
            int steps,
            long seed,
            double firstLoss,
            double lastLoss,
            String parent,
            String created) {
        Training at(String time) {
            return new Training(command, images, trained, heldOut, steps, seed, firstLoss, lastLoss, parent, time);
        }
    }
}
