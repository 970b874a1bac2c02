package io.afterimage.train;

import io.afterimage.model.GenerativeModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a generative model loses of images, per image.
 *
 * @param reconstruction mean of the first half of the loss
 * @param divergence mean of the second, not weighted; 0 for an adversarial model
 */
public record GenerativeQuality(double reconstruction, double divergence) {
    private static final int BATCH = 64;

    /**
     * Of images held out, with one draw of z for each.
     *
     * @param seed of the draws
     */
    public static GenerativeQuality of(GenerativeModel model, List<float[]> images, long seed) {
        double reconstruction = 0;
        double divergence = 0;
        for (int from = 0; from < images.size(); from += BATCH) {
            List<float[]> batch = images.subList(from, Math.min(from + BATCH, images.size()));
            GenerativeModel.Losses losses =
                    model.losses(ImageBatch.join(batch), batch.size(), model.draw(batch.size(), seed + from));
            for (int i = 0; i < batch.size(); i++) {
                reconstruction += losses.reconstruction()[i] / images.size();
                divergence += losses.divergence()[i] / images.size();
            }
        }
        return new GenerativeQuality(reconstruction, divergence);
    }

    /** The negative evidence lower bound in nats when the first half is a cross-entropy. */
    public double negativeElbo() {
        return reconstruction + divergence;
    }

    Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("reconstruction", reconstruction);
        figures.put("divergence", divergence);
        return figures;
    }
}
