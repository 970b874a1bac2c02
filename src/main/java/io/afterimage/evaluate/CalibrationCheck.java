package io.afterimage.evaluate;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.retrain.Batches;
import io.afterimage.score.AlarmCount;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.Start;
import io.afterimage.train.TrainingImages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** Whether the false-alarm rate that was asked for is the one that comes: on normal images of the same draw, held out. */
public final class CalibrationCheck {
    private static final double HELD_OUT = 0.2;
    /** A right calibration is outside of the interval, on either side together, with at most this probability. */
    private static final double CHANCE = 0.01;

    private final LabelledImages images;
    private final Detection.Plan plan;
    private final ModelTrainer trainer;
    private final Consumer<String> progress;

    /**
     * The rates of one model.
     *
     * @param calibration images behind its p-values
     * @param heldOut images that were counted on
     * @param rates one for each alpha that the calibration sample is large enough for, at least one
     */
    public record Result(long seed, int calibration, int heldOut, List<Rate> rates) {
        public Result {
            rates = List.copyOf(rates);
        }
    }

    /**
     * What came of an alpha.
     *
     * @param realised share of the held-out images with p ≤ alpha
     * @param lowest of the interval that 99 of 100 right calibrations keep to, see {@link AlarmCount}
     * @param highest of it
     * @param perClass the realised share by label; labels differ, for the calibration is that of all together
     * @param normal the share beyond the threshold of those who take the scores for normally distributed: mean plus so many deviations
     */
    public record Rate(
            double alpha, double realised, double lowest, double highest, Map<String, Double> perClass, double normal) {
        public Rate {
            perClass = Collections.unmodifiableMap(new LinkedHashMap<>(perClass));
        }

        /** Whether the realised rate lies within the interval. */
        public boolean inside() {
            return realised >= lowest && realised <= highest;
        }
    }

    /**
     * Of all images of a set, whatever their label.
     *
     * @param plan its alpha does not count here
     * @param progress told before each training
     */
    public CalibrationCheck(
            LabelledImages images, Detection.Plan plan, ModelTrainer trainer, Consumer<String> progress) {
        this.images = images;
        this.plan = plan;
        this.trainer = trainer;
        this.progress = progress;
    }

    /**
     * Trains and counts once; takes minutes.
     *
     * @param alphas false-alarm rates in (0, 1)
     * @param seed of the split and of the training
     * @throws IllegalArgumentException when there are too few images to train, or to calibrate for any of the alphas
     */
    public Result measure(List<Double> alphas, long seed) throws ModelRejectedException {
        List<float[]> all = new ArrayList<>(images.of(images.byLabel().keySet()));
        List<String> labels = labels();
        Collections.shuffle(all, new Random(seed));
        Collections.shuffle(labels, new Random(seed)); // as long, and so in the same order
        int held = (int) Math.round(HELD_OUT * all.size());
        List<float[]> heldOut = all.subList(0, held);
        progress.accept("seed %d: %,d images to learn from and %,d to count alarms on"
                .formatted(seed, all.size() - held, held));
        ModelArtifact artifact = trainer.train(
                TrainingImages.split(images.shape(), all.subList(held, all.size()), seed),
                plan.request(seed, images.name(), all.size() - held),
                new Start.Scratch(""),
                step -> {});
        try (ScoringModel model = ScoringModel.load(artifact)) {
            double[] scores = Batches.scores(model, heldOut);
            int sample = artifact.manifest().calibration().size();
            List<Rate> rates = new ArrayList<>();
            for (double alpha : alphas) {
                if (model.calibration().supports(alpha)) {
                    rates.add(rate(model, scores, labels, alpha));
                } else {
                    progress.accept("alpha %s is too small for %,d calibration images".formatted(alpha, sample));
                }
            }
            if (rates.isEmpty()) {
                throw new IllegalArgumentException(
                        "%,d calibration images are too few to count alarms".formatted(sample));
            }
            return new Result(seed, sample, held, rates);
        }
    }

    /** The labels of all images, in their order. */
    private List<String> labels() {
        List<String> labels = new ArrayList<>();
        images.byLabel().forEach((label, some) -> labels.addAll(Collections.nCopies(some.size(), label)));
        return labels;
    }

    private static Rate rate(ScoringModel model, double[] scores, List<String> labels, double alpha) {
        AlarmCount count = new AlarmCount(model.calibration(), alpha);
        double threshold = normalThreshold(model.manifest().calibration(), alpha);
        int alarms = 0;
        int beyond = 0;
        Map<String, List<Boolean>> byLabel = new TreeMap<>();
        for (int i = 0; i < scores.length; i++) {
            boolean alarm = model.calibration().pValue(scores[i]) <= alpha;
            byLabel.computeIfAbsent(labels.get(i), none -> new ArrayList<>()).add(alarm);
            alarms += alarm ? 1 : 0;
            beyond += scores[i] > threshold ? 1 : 0;
        }
        Map<String, Double> perClass = new LinkedHashMap<>();
        byLabel.forEach((label, each) -> perClass.put(label, (double) Collections.frequency(each, true) / each.size()));
        return new Rate(
                alpha,
                (double) alarms / scores.length,
                (double) count.fewest(scores.length, CHANCE / 2) / scores.length,
                (double) count.most(scores.length, CHANCE / 2) / scores.length,
                perClass,
                (double) beyond / scores.length);
    }

    private static double normalThreshold(List<Double> sample, double alpha) {
        double[] scores = sample.stream().mapToDouble(Double::doubleValue).toArray();
        return Mean.of(scores).getAsDouble()
                + NormalDistribution.of(0, 1).inverseSurvivalProbability(alpha)
                        * StandardDeviation.of(scores).getAsDouble();
    }
}
