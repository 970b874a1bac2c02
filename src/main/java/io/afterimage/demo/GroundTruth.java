package io.afterimage.demo;

/** What an image of the demo really is; the service is never told. */
public enum GroundTruth {
    DIGIT("digit"),
    /** White on black turned into black on white, as when the light of a line is changed. */
    INVERTED("inverted digit"),
    FASHION("fashion item"),
    NOISY("noisy digit"),
    TORN("torn digit"),
    OCCLUDED("occluded digit");

    private final String label;

    GroundTruth(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** Whether the service ought to find it anomalous; of a new normal, until it has learned it. */
    public boolean isForeign() {
        return this != DIGIT;
    }
}
