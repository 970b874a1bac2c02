package io.afterimage.cli;

import io.afterimage.score.ScoreRecipe;
import java.util.List;
import picocli.CommandLine.Option;

/** How a model that gives verdicts is to score. */
final class RecipeOption {
    @Option(
            names = "--recipe",
            defaultValue = "accurate",
            converter = RecipeConverter.class,
            description =
                    "How to score: fast (one pass), accurate (three passes), inspection (one pass, brightness taken out; for"
                            + " parts in front of a camera), thorough (accurate, and where the latent vector points; for shapes) or kinds"
                            + " (where the latent vector points; when the normal images are of many kinds and others are to be found)."
                            + " Default: ${DEFAULT-VALUE}")
    private ScoreRecipe recipe = ScoreRecipe.ACCURATE;

    ScoreRecipe recipe() {
        return recipe;
    }

    static final class RecipeConverter extends LabelConverter<ScoreRecipe> {
        RecipeConverter() {
            super("score recipe", List.of(ScoreRecipe.values()), ScoreRecipe::label);
        }
    }
}
