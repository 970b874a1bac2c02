package io.afterimage.stream;

import java.util.List;

/**
 * The names of the topics; all share one prefix. The key of every record that concerns a stream is the stream.
 *
 * @param prefix what all names begin with, {@code afterimage} by default
 */
public record Topics(String prefix) {
    public static final Topics DEFAULT = new Topics("afterimage");

    public Topics {
        if (!prefix.matches("[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}")) {
            throw new IllegalArgumentException("not a topic prefix: '" + prefix + "'");
        }
    }

    /** In: encoded images. */
    public String images() {
        return prefix + ".images";
    }

    /** Out: the score of every image, JSON. */
    public String scores() {
        return prefix + ".scores";
    }

    /** Out: the scores whose verdict is anomalous, same JSON. */
    public String anomalies() {
        return prefix + ".anomalies";
    }

    /** Out: denoised pictures, PNG. */
    public String reconstructions() {
        return prefix + ".reconstructions";
    }

    /** Out: pictures of the residual, PNG. */
    public String heatmaps() {
        return prefix + ".heatmaps";
    }

    /** Out: latent vectors, JSON or their values alone. */
    public String embeddings() {
        return prefix + ".embeddings";
    }

    /** Out: what could not be scored, as it came, with the reason in its headers. */
    public String deadLetters() {
        return prefix + ".dead-letters";
    }

    /** Models in chunks, their manifests and which one is current; compacted, one partition. */
    public String models() {
        return prefix + ".models";
    }

    /** What happened to models: promotions, refusals, swaps; JSON. */
    public String modelEvents() {
        return prefix + ".model-events";
    }

    /** Out: what champion and challenger make of the same image, while there is a challenger; JSON. */
    public String shadowScores() {
        return prefix + ".shadow-scores";
    }

    /** Out: pictures of twice the height and width, PNG; only with a model for it. */
    public String upscaled() {
        return prefix + ".upscaled";
    }

    /** In: requests for new pictures, JSON; read only with a model for it. */
    public String generateRequests() {
        return prefix + ".generate-requests";
    }

    /** Out: the pictures that were asked for, PNG. */
    public String generated() {
        return prefix + ".generated";
    }

    /** All topics, the input first. */
    public List<String> all() {
        return List.of(
                images(),
                scores(),
                anomalies(),
                reconstructions(),
                heatmaps(),
                embeddings(),
                deadLetters(),
                models(),
                modelEvents(),
                shadowScores(),
                upscaled(),
                generateRequests(),
                generated());
    }
}
