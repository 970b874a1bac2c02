package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.InputShape;
import io.afterimage.model.Analysis;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Striped parts in front of a camera whose light changes; the fast recipe is the twin that takes light for a defect. */
class InspectionTest {
    private static final InputShape SHAPE = new InputShape(1, 16, 20);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    private static final float BRIGHTER = 0.2f;

    private static ModelArtifact inspection;
    private static ModelArtifact fast;

    @BeforeAll
    static void train() {
        inspection = trained(ScoreRecipe.INSPECTION);
        fast = trained(ScoreRecipe.FAST);
    }

    private static ModelArtifact trained(ScoreRecipe recipe) {
        return new ModelTrainer(CLOCK)
                .train(
                        TrainingImages.split(SHAPE, parts(240, 1), 5),
                        new ModelTrainer.Request("parts", 8, 25, 5, 100, recipe, "train --images parts", "parts"),
                        step -> {});
    }

    /** Values within 0.35 and 0.55: brighter or centred, none is limited. */
    private static List<float[]> parts(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<float[]> parts = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] part = new float[SHAPE.size()];
            double phase = random.nextDouble(8);
            for (int i = 0; i < part.length; i++) {
                int y = i / SHAPE.width();
                int x = i % SHAPE.width();
                part[i] = (float) (0.45 + 0.08 * Math.sin((x + 0.5 * y + phase) * 0.8) + random.nextDouble(0.02));
            }
            parts.add(part);
        }
        return parts;
    }

    private static List<float[]> spotted(List<float[]> parts) {
        List<float[]> spotted = new ArrayList<>();
        for (float[] part : parts) {
            float[] copy = part.clone();
            for (int y = 6; y < 10; y++) {
                for (int x = 8; x < 12; x++) {
                    copy[y * SHAPE.width() + x] += 0.15f;
                }
            }
            spotted.add(copy);
        }
        return spotted;
    }

    private static List<float[]> brighter(List<float[]> parts) {
        List<float[]> brighter = new ArrayList<>();
        for (float[] part : parts) {
            float[] copy = part.clone();
            for (int i = 0; i < copy.length; i++) {
                copy[i] += BRIGHTER;
            }
            brighter.add(copy);
        }
        return brighter;
    }

    private static List<Analysis> analyses(ModelArtifact artifact, List<float[]> images) throws ModelRejectedException {
        try (ScoringModel model = ScoringModel.load(artifact)) {
            return model.analyse(ImageBatch.join(images), images.size());
        }
    }

    private static double[] scores(ModelArtifact artifact, List<float[]> images) throws ModelRejectedException {
        return analyses(artifact, images).stream().mapToDouble(Analysis::score).toArray();
    }

    private static double largestDifference(double[] one, double[] other) {
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs(one[i] - other[i]));
        }
        return largest;
    }

    @Test
    void scoresDoNotChangeWithTheExposure() throws ModelRejectedException {
        List<float[]> parts = parts(40, 2);

        assertThat(largestDifference(scores(inspection, parts), scores(inspection, brighter(parts))))
                .isLessThan(0.01);
        assertThat(largestDifference(scores(fast, parts), scores(fast, brighter(parts))))
                .isGreaterThan(1);
    }

    /** Good parts as they were learned, against good parts and parts with a spot under brighter light. */
    @Test
    void aSpotIsFoundUnderAnotherExposure() throws ModelRejectedException {
        List<float[]> good = parts(60, 3);
        List<float[]> bad = spotted(parts(60, 4));
        List<float[]> mixed = new ArrayList<>(good.subList(0, 30));
        mixed.addAll(brighter(good.subList(30, 60)));

        double found = ShippedModel.areaUnderTheCurve(scores(inspection, mixed), scores(inspection, bad));
        double foundByTwin = ShippedModel.areaUnderTheCurve(scores(fast, mixed), scores(fast, bad));

        assertThat(found).isGreaterThan(0.95).isGreaterThan(foundByTwin + 0.1);
    }

    /** Whoever looks at a reconstruction sees the part in its own light. */
    @Test
    void reconstructionsHaveTheExposureOfTheImage() throws ModelRejectedException {
        List<float[]> bright = brighter(parts(20, 5));

        for (Analysis analysis : analyses(inspection, bright)) {
            double mean = 0;
            for (float value : analysis.reconstruction()) {
                mean += value / SHAPE.size();
            }
            assertThat(mean).isBetween(0.45 + BRIGHTER - 0.06, 0.45 + BRIGHTER + 0.06);
        }
    }

    @Test
    void theManifestSaysHowToScore() {
        assertThat(inspection.manifest().scoring().recipe()).isEqualTo("inspection");
        assertThat(inspection.manifest().scoring().fusion().means()).hasSameSizeAs(ScoreRecipe.INSPECTION.parts());
        assertThat(inspection.manifest().training().lastLoss())
                .isLessThan(0.8 * inspection.manifest().training().firstLoss());
    }
}
