package io.afterimage.retrain;

import io.afterimage.image.InputShape;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Decides whether a candidate replaces the current model. Both are measured on the same recent normal images that neither was
 * trained or calibrated on, on the same synthetic defects made from them, and on a golden set when there is one.
 *
 * <p>A candidate is promoted when it is sound, is not worse anywhere beyond a margin and better somewhere; or when it is sound,
 * the current model's alarm rate on recent normal images is wrong and the candidate is not worse on the golden set. Sound means:
 * it loads, all its scores are numbers, its calibration holds on images it has not seen, and it sees synthetic defects at all.
 *
 * <p>A model that was trained on some of the held-out images, as a current model may have been when windows overlap, looks better
 * than it is; that makes the gate stricter. At most {@value #MOST_COMPARED} images of each kind are used, drawn at
 * random; memory is that of their scores and of one batch.
 */
public final class PromotionGate {
    private static final int RESAMPLES = 1_000;
    private static final double CONFIDENCE = 0.95;
    private static final int FEWEST = 30;
    /** More make the gate slower, not wiser. */
    private static final int MOST_COMPARED = 1_000;

    private final double alpha;
    private final Margins margins;
    private final long seed;
    private final PairedBootstrap bootstrap = new PairedBootstrap(RESAMPLES, CONFIDENCE);

    /** What both models are measured on. */
    private record Bench(
            List<float[]> heldOut, SyntheticDefects defects, Optional<GoldenSet> golden, Measurement.Draws draws) {}

    /** A model's measurements and figures. */
    record Measured(ModelManifest manifest, Measurement measurement, Map<String, double[]> figures) {}

    /**
     * @param alpha the false-alarm rate of the stream
     * @param seed of subsamples, defects and resamples
     */
    public PromotionGate(double alpha, Margins margins, long seed) {
        this.alpha = alpha;
        this.margins = margins;
        this.seed = seed;
    }

    /**
     * Judges candidates against the current model.
     *
     * @param heldOut recent normal images, at least {@value #FEWEST}, as all models take them
     * @return one decision per candidate, in their order; at most one is promoted, that with the highest overall AUROC
     * @throws ModelRejectedException when the current model cannot be loaded or gives no numbers
     */
    public List<Promotion> judge(
            ModelArtifact current, List<ModelArtifact> candidates, List<float[]> heldOut, Optional<GoldenSet> golden)
            throws ModelRejectedException {
        InputShape shape = current.manifest().architecture().input();
        Bench bench = bench(shape, heldOut, golden);
        Measurement measurement = measure(current, bench);
        if (!measurement.finite()) {
            throw new ModelRejectedException("the current model gives scores that are not numbers");
        }
        Measured champion = measured(current.manifest(), measurement, bench);
        List<Promotion> promotions = new ArrayList<>();
        for (ModelArtifact candidate : candidates) {
            promotions.add(judge(champion, candidate, bench));
        }
        Optional<Promotion> best = promotions.stream()
                .filter(Promotion::promoted)
                .max(Comparator.comparingDouble(p -> auroc(p.figures())));
        promotions.replaceAll(promotion -> promotion.promoted() && !promotion.equals(best.orElseThrow())
                ? promotion.refused("it passes, but candidate %s sees defects better: overall AUROC %.4f against %.4f"
                        .formatted(best.get().version(), auroc(best.get().figures()), auroc(promotion.figures())))
                : promotion);
        return promotions;
    }

    private static double auroc(Map<String, Double> figures) {
        return figures.getOrDefault(Measurement.AUROC + ".candidate", Double.NaN);
    }

    private Promotion judge(Measured current, ModelArtifact artifact, Bench bench) {
        ModelManifest candidate = artifact.manifest();
        if (!candidate
                .architecture()
                .input()
                .equals(current.manifest().architecture().input())) {
            return refusal(
                    current,
                    candidate,
                    bench,
                    "it takes images as %s, the current model as %s"
                            .formatted(
                                    candidate.architecture().input(),
                                    current.manifest().architecture().input()));
        }
        try {
            Measurement measurement = measure(artifact, bench);
            if (!measurement.finite()) {
                return refusal(current, candidate, bench, "it gives scores that are not numbers");
            }
            Comparison comparison =
                    new Comparison(current, measured(candidate, measurement, bench), alpha, margins, bootstrap);
            return comparison.promotion(bench.heldOut().size(), size(bench.golden()));
        } catch (ModelRejectedException e) {
            return refusal(current, candidate, bench, "it cannot be loaded: " + e.getMessage());
        }
    }

    private static Promotion refusal(Measured current, ModelManifest candidate, Bench bench, String reason) {
        return new Promotion(
                Promotion.Decision.REFUSED,
                candidate.name(),
                candidate.version(),
                current.manifest().version(),
                reason,
                Map.of(),
                bench.heldOut().size(),
                size(bench.golden()));
    }

    private static int size(Optional<GoldenSet> golden) {
        return golden.map(set -> set.normal().size() + set.anomalous().size()).orElse(0);
    }

    private static Measurement measure(ModelArtifact artifact, Bench bench) throws ModelRejectedException {
        try (ScoringModel model = ScoringModel.load(artifact)) {
            return new Measurement(model, bench.heldOut(), bench.defects(), bench.golden());
        }
    }

    private Measured measured(ModelManifest manifest, Measurement measurement, Bench bench) {
        return new Measured(manifest, measurement, measurement.figures(bench.draws(), alpha));
    }

    private Bench bench(InputShape shape, List<float[]> heldOut, Optional<GoldenSet> golden) {
        if (heldOut.size() < FEWEST) {
            throw new IllegalArgumentException(
                    "%d held-out images are too few to compare models on; at least %d are needed"
                            .formatted(heldOut.size(), FEWEST));
        }
        List<float[]> normals = sample(heldOut, shape);
        Optional<GoldenSet> frozen =
                golden.map(set -> new GoldenSet(sample(set.normal(), shape), sample(set.anomalous(), shape)));
        int goldenNormals = frozen.map(set -> set.normal().size()).orElse(0);
        int goldenAnomalies = frozen.map(set -> set.anomalous().size()).orElse(0);
        return new Bench(
                normals,
                new SyntheticDefects(shape, normals, seed),
                frozen,
                new Measurement.Draws(
                        bootstrap.draws(normals.size(), seed),
                        bootstrap.draws(goldenNormals, seed + 1),
                        bootstrap.draws(goldenAnomalies, seed + 2)));
    }

    private List<float[]> sample(List<float[]> images, InputShape shape) {
        if (!images.stream().allMatch(image -> image.length == shape.size())) {
            throw new IllegalArgumentException("all images must be " + shape);
        }
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            places.add(i);
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = images.size() - 1; i > 0; i--) {
            Collections.swap(places, i, random.nextInt(i + 1));
        }
        return places.stream().limit(MOST_COMPARED).sorted().map(images::get).toList();
    }
}
