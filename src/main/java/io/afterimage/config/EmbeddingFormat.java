package io.afterimage.config;

/** How a latent vector is published. */
public enum EmbeddingFormat {
    /** With everything that is known about it in one JSON object. */
    JSON,
    /** Its values alone, little-endian float32; the rest is in the headers. */
    BINARY;

    /**
     * Reads {@code json} or {@code binary}.
     *
     * @throws IllegalArgumentException for anything else
     */
    static EmbeddingFormat parse(String text) {
        return switch (text) {
            case "json" -> JSON;
            case "binary" -> BINARY;
            default -> throw new IllegalArgumentException("not a format of embeddings: '" + text + "'");
        };
    }
}
