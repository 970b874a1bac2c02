package io.afterimage.evaluate;

import io.afterimage.model.Analysis;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.retrain.Batches;
import io.afterimage.score.Calibration;
import io.afterimage.score.RocArea;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.Start;
import io.afterimage.train.TrainingImages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * How well anomalies are found that nothing in training has shown, next to scores that need no network.
 *
 * <p>A model learns from the normal labels of the training set and is tested on those of the test set and on the anomalous ones.
 * Where there is no test set, a fifth of the normal images is held out and all anomalies are tested on.
 */
public final class Detection {
    private static final double HELD_OUT = 0.2;

    private final LabelledImages train;
    private final Optional<LabelledImages> test;
    private final Plan plan;
    private final ModelTrainer trainer;
    private final Consumer<String> progress;

    /**
     * How to train and test.
     *
     * @param epochs rounds through the images; empty for as many as suit them
     * @param latent length of the latent vector, and principal components of the baseline
     * @param memory the most normal images to remember features of
     * @param alpha false-alarm rate to hold the realised one against
     */
    public record Plan(OptionalInt epochs, int latent, int memory, ScoreRecipe recipe, double alpha) {
        ModelTrainer.Request request(long seed, String images, int count) {
            int rounds = epochs.orElseGet(() -> ModelTrainer.suitableEpochs(count));
            return new ModelTrainer.Request(
                    "evaluated", latent, rounds, seed, memory, recipe, "afterimage evaluate", images);
        }
    }

    /**
     * What came of a task.
     *
     * @param area under the curve of the model
     * @param baselines areas under the curve of the baselines, on the same images
     * @param alarmRate share of the normal test images with p ≤ alpha; empty when the calibration sample is too small for alpha
     * @param trainingSeconds of processor time, remembering and calibrating included
     * @param calibration images behind the p-values
     * @param normal test images that are normal
     * @param anomalous test images that are not
     */
    public record Result(
            String task,
            long seed,
            double area,
            Map<Baseline, Double> baselines,
            OptionalDouble alarmRate,
            double trainingSeconds,
            int calibration,
            int normal,
            int anomalous) {
        public Result {
            baselines = Collections.unmodifiableMap(new EnumMap<>(baselines));
        }
    }

    /**
     * What a result rests on, to look at.
     *
     * @param normalScores of the normal test images
     * @param anomalousScores of the others
     * @param examples lowest, median and highest score of both
     */
    @SuppressWarnings("ArrayRecordComponent") // drawn at once, never compared
    public record Evidence(String task, double[] normalScores, double[] anomalousScores, List<Example> examples) {
        public Evidence {
            examples = List.copyOf(examples);
        }
    }

    /**
     * A test image and what the model makes of it.
     *
     * @param what in words
     * @param image as the model takes it
     * @param reconstruction likewise
     * @param residual height × width values in [0, 1]
     */
    @SuppressWarnings("ArrayRecordComponent") // drawn at once, never compared
    public record Example(
            String what, float[] image, float[] reconstruction, float[] residual, double score, double pValue) {}

    /** Where in the order of the scores an example is taken from. */
    private enum Place {
        LOWEST("lowest score"),
        MEDIAN("median score"),
        HIGHEST("highest score");

        private final String label;

        Place(String label) {
            this.label = label;
        }

        int of(int images) {
            return switch (this) {
                case LOWEST -> 0;
                case MEDIAN -> images / 2;
                case HIGHEST -> images - 1;
            };
        }
    }

    /** Figures of a task, and what they rest on. */
    public record Outcome(Result result, Evidence evidence) {}

    private record Images(List<float[]> training, List<float[]> normal, List<float[]> anomalous) {}

    /** @param progress told before each training */
    public Detection(
            LabelledImages train,
            Optional<LabelledImages> test,
            Plan plan,
            ModelTrainer trainer,
            Consumer<String> progress) {
        this.train = train;
        this.test = test;
        this.plan = plan;
        this.trainer = trainer;
        this.progress = progress;
    }

    /**
     * Trains and tests once; takes a minute or more.
     *
     * @param seed of the split and of the training
     * @throws IllegalArgumentException when there are too few images
     */
    public Outcome measure(DetectionTask task, long seed) throws ModelRejectedException {
        Images images = images(task, seed);
        if (images.normal().isEmpty() || images.anomalous().isEmpty()) {
            throw new IllegalArgumentException("no images to test on");
        }
        progress.accept("%s, seed %d: %,d normal images to learn from, %,d normal and %,d anomalous ones to test on"
                .formatted(
                        task.name(),
                        seed,
                        images.training().size(),
                        images.normal().size(),
                        images.anomalous().size()));
        TrainingImages learning = TrainingImages.split(train.shape(), images.training(), seed);
        ProcessorTime time = new ProcessorTime();
        ModelArtifact artifact = trainer.train(
                learning,
                plan.request(seed, train.name(), images.training().size()),
                new Start.Scratch(""),
                step -> {});
        double seconds = time.seconds();
        Map<Baseline, Double> baselines = new EnumMap<>(Baseline.class);
        for (Baseline baseline : Baseline.values()) {
            Baseline.Score score = baseline.fit(images.training(), plan.latent(), seed);
            baselines.put(baseline, RocArea.of(score.of(images.anomalous()), score.of(images.normal())));
        }
        try (ScoringModel model = ScoringModel.load(artifact)) {
            double[] normal = Batches.scores(model, images.normal());
            double[] anomalous = Batches.scores(model, images.anomalous());
            Result result = new Result(
                    task.name(),
                    seed,
                    RocArea.of(anomalous, normal),
                    baselines,
                    alarmRate(model.calibration(), normal),
                    seconds,
                    artifact.manifest().calibration().size(),
                    normal.length,
                    anomalous.length);
            List<Example> examples = new ArrayList<>(examples(model, "normal", images.normal(), normal));
            examples.addAll(examples(model, "anomalous", images.anomalous(), anomalous));
            return new Outcome(result, new Evidence(task.name(), normal, anomalous, examples));
        }
    }

    private OptionalDouble alarmRate(Calibration calibration, double[] normal) {
        if (!calibration.supports(plan.alpha())) {
            return OptionalDouble.empty();
        }
        long alarms = Arrays.stream(normal)
                .filter(score -> calibration.pValue(score) <= plan.alpha())
                .count();
        return OptionalDouble.of((double) alarms / normal.length);
    }

    private static List<Example> examples(ScoringModel model, String kind, List<float[]> images, double[] scores) {
        List<Integer> order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> scores[i]))
                .toList();
        List<Example> examples = new ArrayList<>();
        for (Place place : Place.values()) {
            float[] image = images.get(order.get(place.of(order.size())));
            Analysis analysis = model.analyse(image, 1).get(0);
            examples.add(new Example(
                    kind + ", " + place.label,
                    image,
                    analysis.reconstruction(),
                    analysis.residual(),
                    analysis.score(),
                    analysis.pValue()));
        }
        return examples;
    }

    private Images images(DetectionTask task, long seed) {
        List<float[]> normal = train.of(task.normal());
        if (test.isPresent()) {
            return new Images(normal, test.get().of(task.normal()), test.get().of(task.anomalous()));
        }
        List<float[]> shuffled = new ArrayList<>(normal);
        Collections.shuffle(shuffled, new Random(seed));
        int held = (int) Math.round(HELD_OUT * shuffled.size());
        return new Images(
                shuffled.subList(held, shuffled.size()), shuffled.subList(0, held), train.of(task.anomalous()));
    }
}
