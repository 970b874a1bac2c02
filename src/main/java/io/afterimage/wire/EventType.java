package io.afterimage.wire;

/** The kinds of events the service publishes about an image, with their CloudEvents types. */
public enum EventType {
    SCORE("score", "application/json"),
    ANOMALY("anomaly", "application/json"),
    RECONSTRUCTION("reconstruction", "image/png"),
    HEATMAP("heatmap", "image/png"),
    UPSCALED("upscaled", "image/png"),
    EMBEDDING("embedding", "application/json"),
    /** The same event in another form; the content type tells them apart. */
    EMBEDDING_VECTOR("embedding", EmbeddingEvent.VECTOR_TYPE),
    SHADOW_SCORE("shadow-score", "application/json");

    private final String label;
    private final String contentType;

    EventType(String label, String contentType) {
        this.label = label;
        this.contentType = contentType;
    }

    /** {@code score}, {@code anomaly}, … */
    public String label() {
        return label;
    }

    /** The {@code ce_type}: {@code io.afterimage.score.v1}. */
    public String type() {
        return "io.afterimage." + label + ".v1";
    }

    /** The media type of the payload. */
    public String contentType() {
        return contentType;
    }
}
