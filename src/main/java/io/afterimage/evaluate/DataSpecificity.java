package io.afterimage.evaluate;

import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.model.Analysis;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.retrain.Batches;
import io.afterimage.train.ImageBatch;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.Start;
import io.afterimage.train.TrainingImages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** An autoencoder knows what it has learned and nothing else: a model of each set, and how often it calls images of all sets anomalous. */
public final class DataSpecificity {
    private static final double HELD_OUT = 0.2;
    private static final int MOST_COUNTED = 2_000;
    private static final int SHOWN = 10;

    private final Map<String, InputShape> sets;
    private final Detection.Plan plan;
    private final ModelTrainer trainer;
    private final Consumer<String> progress;

    /**
     * What a model says.
     *
     * @param learned the set it has learned
     * @param alarmRates share of the images of each set that are called anomalous; of the learned set, of images held out
     */
    public record Result(String learned, long seed, Map<String, Double> alarmRates) {
        public Result {
            alarmRates = Collections.unmodifiableMap(new LinkedHashMap<>(alarmRates));
        }
    }

    /**
     * Images of a set, as many reconstructions, as a model takes and gives them.
     *
     * @param images the first of those that were counted
     */
    public record Seen(List<float[]> images, List<float[]> reconstructions) {
        public Seen {
            images = List.copyOf(images);
            reconstructions = List.copyOf(reconstructions);
        }
    }

    /**
     * Figures of a model, and what they rest on.
     *
     * @param shape of the pictures
     * @param seen by set
     */
    public record Outcome(Result result, InputShape shape, Map<String, Seen> seen) {
        public Outcome {
            seen = Collections.unmodifiableMap(new LinkedHashMap<>(seen));
        }
    }

    /**
     * Of whole sets, whatever their labels.
     *
     * @param sets shapes that suit them, by specification; a model sees the images of all sets in the shape of its own
     * @param progress told before each training
     */
    public DataSpecificity(
            Map<String, InputShape> sets, Detection.Plan plan, ModelTrainer trainer, Consumer<String> progress) {
        this.sets = Collections.unmodifiableMap(new LinkedHashMap<>(sets));
        this.plan = plan;
        this.trainer = trainer;
        this.progress = progress;
    }

    /**
     * Trains on one set and counts on all; takes a minute or more.
     *
     * @param learned one of the sets
     * @param seed of the split and of the training
     * @throws IllegalArgumentException when there are too few images to train or to calibrate
     */
    public Outcome measure(String learned, long seed) throws ImageSetException, ModelRejectedException {
        List<float[]> own = shuffled(learned, learned, seed);
        int held = (int) Math.round(HELD_OUT * own.size());
        List<float[]> training = own.subList(held, own.size());
        progress.accept("%s, seed %d: %,d images to learn from".formatted(learned, seed, training.size()));
        ModelArtifact artifact = trainer.train(
                TrainingImages.split(shape(learned), training, seed),
                plan.request(seed, learned, training.size()),
                new Start.Scratch(""),
                step -> {});
        Map<String, Double> rates = new LinkedHashMap<>();
        Map<String, Seen> seen = new LinkedHashMap<>();
        try (ScoringModel model = ScoringModel.load(artifact)) {
            model.calibration().requireSupports(plan.alpha());
            for (String set : sets.keySet()) {
                List<float[]> counted = set.equals(learned) ? own.subList(0, held) : shuffled(set, learned, seed);
                rates.put(set, alarmRate(model, counted.subList(0, Math.min(MOST_COUNTED, counted.size()))));
                seen.put(set, seen(model, counted.subList(0, Math.min(SHOWN, counted.size()))));
            }
        }
        return new Outcome(new Result(learned, seed, rates), shape(learned), seen);
    }

    private static Seen seen(ScoringModel model, List<float[]> images) {
        return new Seen(
                images,
                model.analyse(ImageBatch.join(images), images.size()).stream()
                        .map(Analysis::reconstruction)
                        .toList());
    }

    private double alarmRate(ScoringModel model, List<float[]> images) {
        return Arrays.stream(Batches.scores(model, images))
                        .filter(score -> model.calibration().pValue(score) <= plan.alpha())
                        .count()
                / (double) images.size();
    }

    private List<float[]> shuffled(String set, String as, long seed) throws ImageSetException {
        LabelledImages images = LabelledImages.read(set, shape(as));
        List<float[]> all = new ArrayList<>(images.of(images.byLabel().keySet()));
        Collections.shuffle(all, new Random(seed));
        return all;
    }

    private InputShape shape(String set) {
        InputShape shape = sets.get(set);
        if (shape == null) {
            throw new IllegalArgumentException(set + " is none of the sets");
        }
        return shape;
    }
}
