package io.afterimage.score;

/** One of the raw scores that a {@link ScoreRecipe} fuses. */
public enum Part {
    /** Energy of the twice blurred residual. */
    RESIDUAL("b2l2"),
    /** Energy of the blurred gradient dissimilarity. */
    GRADIENT("blgms"),
    /** Largest local mean of the blurred residual. */
    PEAK("blmp"),
    /**
     * Largest local mean of the residual in standard deviations from what is usual at its place. Fused as it is; of the others the
     * logarithm is.
     */
    PLACE("place"),
    /** Mean distance of the image's features to their nearest neighbours among normal images. */
    NEIGHBOURS("wknn"),
    /** Mean distance of the direction of the image's latent vector to the nearest directions among normal images; in [0, 2]. */
    DIRECTION("direction");

    private final String label;

    Part(String label) {
        this.label = label;
    }

    /** The name used in score events and manifests. */
    public String label() {
        return label;
    }
}
