package io.afterimage.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.retrain.Batches;
import io.afterimage.score.RocArea;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.TrainingImages;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nine digits are normal; a one is not, and there is little of it to see. The accurate recipe is the twin that is misled by that. */
class KindsTest {
    private static final InputShape SHAPE = new InputShape(1, 28, 28);
    private static final String ONE = "1";
    private static final int LEARNED = 1_500;

    private static List<float[]> normal;
    private static List<float[]> ones;
    private static ModelArtifact kinds;

    @BeforeAll
    static void train() throws ImageSetException {
        LabelledImages digits = LabelledImages.read("builtin:digits-test", SHAPE);
        ones = digits.of(Set.of(ONE));
        List<float[]> others = new ArrayList<>();
        // In turn, since the set is sorted by label.
        for (int i = 0; i < 200; i++) {
            for (var label : digits.byLabel().entrySet()) {
                if (!label.getKey().equals(ONE) && i < label.getValue().size()) {
                    others.add(label.getValue().get(i));
                }
            }
        }
        normal = others;
        kinds = trained(ScoreRecipe.KINDS);
    }

    private static ModelArtifact trained(ScoreRecipe recipe) {
        return new ModelTrainer(Clock.systemUTC())
                .train(
                        TrainingImages.split(SHAPE, normal.subList(0, LEARNED), 5),
                        new ModelTrainer.Request("kinds", 32, 12, 5, 1_000, recipe, "train --images kinds", "kinds"),
                        step -> {});
    }

    private static double areaUnderTheCurve(ModelArtifact artifact) throws ModelRejectedException {
        try (ScoringModel model = ScoringModel.load(artifact)) {
            return RocArea.of(
                    Batches.scores(model, ones), Batches.scores(model, normal.subList(LEARNED, normal.size())));
        }
    }

    @Test
    void anotherKindIsFoundThoughThereIsLittleToSee() throws ModelRejectedException {
        double found = areaUnderTheCurve(kinds);
        double foundByTwin = areaUnderTheCurve(trained(ScoreRecipe.ACCURATE));

        assertThat(found).isGreaterThan(0.85).isGreaterThan(foundByTwin + 0.15);
    }

    @Test
    void onlyDirectionsAreRemembered() throws ModelRejectedException {
        assertThat(kinds.manifest().scoring().components()).isZero();
        assertThat(kinds.manifest().scoring().memory()).isPositive();
        try (ScoringModel model = ScoringModel.load(kinds)) {
            double[] parts = model.analyse(ones.get(0), 1).get(0).parts();
            assertThat(parts).hasSize(1);
            assertThat(Math.exp(parts[0])).as("a distance on the unit sphere").isBetween(0.0, 2.0);
        }
    }
}
