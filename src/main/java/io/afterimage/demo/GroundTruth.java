package io.afterimage.demo;

/** What an image of the demo really is; the service is never told. */
public enum GroundTruth {
    DIGIT("digit"),
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

    /** Whether the service ought to find it anomalous. */
    public boolean isForeign() {
        return this != DIGIT;
    }
}
