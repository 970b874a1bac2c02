package io.afterimage.model;

import io.afterimage.image.InputShape;
import io.afterimage.score.PlaceStatistics;
import io.afterimage.score.ScoreRecipe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What was learned about normal images beside the network, in the same weights file.
 *
 * <p>Each part is there for recipes that use it.
 *
 * @param features of a sample of them
 * @param latents of the same sample
 * @param places what is usual where
 */
public record NormalMemory(
        Optional<FeatureMemory> features, Optional<LatentMemory> latents, Optional<PlaceStatistics> places) {
    private static final String PLACE_MEANS = "places.means";
    private static final String PLACE_DEVIATIONS = "places.deviations";

    /** The same with other statistics of places. */
    public NormalMemory with(PlaceStatistics statistics) {
        return new NormalMemory(features, latents, Optional.of(statistics));
    }

    /**
     * Names and shapes of the tensors in a weights file; none for a model without verdicts.
     *
     * @throws ModelRejectedException when there is no such recipe
     */
    static Map<String, List<Long>> shapes(ModelManifest manifest) throws ModelRejectedException {
        if (!(manifest.architecture() instanceof AutoencoderArchitecture architecture)) {
            return Map.of();
        }
        ModelManifest.Scoring scoring = manifest.scoring();
        ScoreRecipe recipe;
        try {
            recipe = ScoreRecipe.of(scoring.recipe());
        } catch (IllegalArgumentException e) {
            throw new ModelRejectedException("manifest and weights do not fit together: " + e.getMessage(), e);
        }
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        if (recipe.usesFeatures()) {
            shapes.putAll(FeatureMemory.shapes(architecture.features(), scoring.components(), scoring.memory()));
        }
        if (recipe.usesDirections()) {
            shapes.putAll(LatentMemory.shapes(architecture.latent(), scoring.memory()));
        }
        if (recipe.usesPlaces()) {
            List<Long> picture = picture(architecture.input());
            shapes.put(PLACE_MEANS, picture);
            shapes.put(PLACE_DEVIATIONS, picture);
        }
        return shapes;
    }

    Map<String, SafeTensors.Tensor> tensors(InputShape input) {
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        features.ifPresent(memory -> tensors.putAll(memory.tensors()));
        latents.ifPresent(memory -> tensors.putAll(memory.tensors()));
        places.ifPresent(statistics -> {
            tensors.put(PLACE_MEANS, new SafeTensors.Tensor(picture(input), statistics.means()));
            tensors.put(PLACE_DEVIATIONS, new SafeTensors.Tensor(picture(input), statistics.deviations()));
        });
        return tensors;
    }

    static NormalMemory of(
            Map<String, SafeTensors.Tensor> tensors, AutoencoderArchitecture architecture, ScoreRecipe recipe) {
        return new NormalMemory(
                recipe.usesFeatures() ? Optional.of(FeatureMemory.of(tensors)) : Optional.empty(),
                recipe.usesDirections()
                        ? Optional.of(LatentMemory.of(tensors, architecture.latent()))
                        : Optional.empty(),
                recipe.usesPlaces()
                        ? Optional.of(new PlaceStatistics(
                                Objects.requireNonNull(tensors.get(PLACE_MEANS)).values(),
                                Objects.requireNonNull(tensors.get(PLACE_DEVIATIONS))
                                        .values()))
                        : Optional.empty());
    }

    private static List<Long> picture(InputShape input) {
        return List.of((long) input.height(), (long) input.width());
    }
}
