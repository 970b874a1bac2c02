package io.afterimage.score;

import java.util.List;
import java.util.Locale;

/**
 * Which passes an image takes through the network and which raw scores are fused into its score.
 *
 * <p>Found by measuring with a prototype. Some choices were made while looking at labelled digits and infrared solar modules,
 * so figures on those sets flatter the recipes.
 */
public enum ScoreRecipe {
    /** One pass of the full picture; residual energy, peak and feature neighbours. */
    FAST(List.of(Part.RESIDUAL, Part.PEAK, Part.NEIGHBOURS), false, false),
    /**
     * The full picture gives features and the denoised picture; two complementary checkerboard maskings, each restored from
     * the other half, give the residuals. What is normal can be restored from its surroundings, what is not cannot.
     */
    ACCURATE(List.of(Part.RESIDUAL, Part.GRADIENT, Part.PEAK, Part.NEIGHBOURS), true, false),
    /**
     * One pass of a picture whose brightness was taken out (see {@link Centring}), by a network that has learned to take defects out;
     * the residual is held against what is usual at its place. For aligned parts in front of a fixed camera, where light and material
     * vary and anomalies are spots.
     */
    INSPECTION(List.of(Part.PLACE, Part.NEIGHBOURS), false, true),
    /** As accurate, and the direction of the latent vector. For shapes, such as those of digits and clothes. */
    THOROUGH(List.of(Part.RESIDUAL, Part.GRADIENT, Part.PEAK, Part.NEIGHBOURS, Part.DIRECTION), true, false),
    /**
     * One pass; the direction of the latent vector alone. For normal images of many kinds, where what is not normal is another kind: a
     * residual is small where there is little to see, whatever it is, and says little of kinds. Blind to small defects.
     */
    KINDS(List.of(Part.DIRECTION), false, false);

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<Part> parts;

    private final boolean masked;
    private final boolean centred;

    ScoreRecipe(List<Part> parts, boolean masked, boolean centred) {
        this.parts = parts;
        this.masked = masked;
        this.centred = centred;
    }

    /** The raw scores, in the order in which they are fused. */
    public List<Part> parts() {
        return parts;
    }

    /** Whether residuals come from the two masked passes rather than from the full one. */
    public boolean masked() {
        return masked;
    }

    /** Whether the network sees centred pictures. */
    public boolean centred() {
        return centred;
    }

    /** Pictures through the network for one image. */
    public int passes() {
        return masked ? 3 : 1;
    }

    /** Whether gradients are compared. */
    public boolean usesGradients() {
        return parts.contains(Part.GRADIENT);
    }

    /** Whether features are compared with those of normal images. */
    public boolean usesFeatures() {
        return parts.contains(Part.NEIGHBOURS);
    }

    /** Whether directions of latent vectors are. */
    public boolean usesDirections() {
        return parts.contains(Part.DIRECTION);
    }

    /** Whether residuals are held against what is usual at their place. */
    public boolean usesPlaces() {
        return parts.contains(Part.PLACE);
    }

    /** The name used on the command line and in manifests. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The recipe of that name. */
    public static ScoreRecipe of(String label) {
        for (ScoreRecipe recipe : values()) {
            if (recipe.label().equals(label)) {
                return recipe;
            }
        }
        throw new IllegalArgumentException(
                "unknown score recipe '" + label + "': fast, accurate, inspection, thorough or kinds");
    }
}
