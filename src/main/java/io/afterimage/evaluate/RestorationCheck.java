package io.afterimage.evaluate;

import io.afterimage.image.InputShape;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.PictureModel;
import io.afterimage.score.PictureSimilarity;
import io.afterimage.train.Halving;
import io.afterimage.train.NetworkTrainer;
import io.afterimage.train.PictureQuality;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** How close spoiled pictures come to what they were, restored by a network and by what needs none. Nothing that is learned reads a label. */
public final class RestorationCheck {
    /** More change the baselines by less than they differ between samples. */
    private static final int MOST_FOR_BASELINES = 10_000;

    private final InputShape shape;
    private final String name;
    private final List<float[]> train;
    private final List<float[]> test;
    /** How many of the test pictures have each label; they lie label after label. */
    private final Map<String, Integer> testLabels = new LinkedHashMap<>();

    private final Plan plan;
    private final NetworkTrainer trainer;
    private final Consumer<String> progress;

    /**
     * How to train and test.
     *
     * @param epochs rounds through the images; empty for as many as suit them
     * @param components of the PCA
     */
    public record Plan(Spoiling spoiling, OptionalInt epochs, int components) {}

    /**
     * What came of a seed.
     *
     * @param quality of what the network restored
     * @param perClass the same by label
     * @param baselines of what the others did, the first of which does nothing
     * @param trainingSeconds of processor time
     * @param images that were tested on
     */
    public record Result(
            long seed,
            PictureQuality quality,
            Map<String, PictureQuality> perClass,
            Map<String, PictureQuality> baselines,
            double trainingSeconds,
            int images) {
        public Result {
            perClass = Collections.unmodifiableMap(new LinkedHashMap<>(perClass));
            baselines = Collections.unmodifiableMap(new LinkedHashMap<>(baselines));
        }
    }

    /**
     * A picture on its way.
     *
     * @param what in words
     * @param spoiled {@code channels × spoiled height × spoiled width} values in [0, 1]
     * @param baselines what the others make of it, by name
     */
    @SuppressWarnings("ArrayRecordComponent") // drawn at once, never compared
    public record Example(
            String what,
            float[] clean,
            float[] spoiled,
            float[] restored,
            Map<String, float[]> baselines,
            double psnr) {
        public Example {
            baselines = Collections.unmodifiableMap(new LinkedHashMap<>(baselines));
        }
    }

    /** Figures of a seed, and pictures to look at. */
    public record Outcome(Result result, InputShape shape, List<Example> examples) {
        public Outcome {
            examples = List.copyOf(examples);
        }
    }

    /**
     * Of all images of two sets; of those with an odd height or width the last row or column is left out.
     *
     * @param progress told before each training
     */
    public RestorationCheck(
            LabelledImages train, LabelledImages test, Plan plan, NetworkTrainer trainer, Consumer<String> progress) {
        InputShape odd = train.shape();
        this.shape = new InputShape(odd.channels(), odd.height() / 2 * 2, odd.width() / 2 * 2);
        this.name = train.name();
        this.train = even(train, odd);
        this.test = even(test, odd);
        test.byLabel().forEach((label, images) -> testLabels.put(label, images.size()));
        this.plan = plan;
        this.trainer = trainer;
        this.progress = progress;
    }

    private static List<float[]> even(LabelledImages set, InputShape shape) {
        return set.of(set.byLabel().keySet()).stream()
                .map(image -> Halving.even(image, shape))
                .toList();
    }

    /**
     * Trains and tests once; takes a minute or more.
     *
     * @param seed of all that is drawn
     * @throws IllegalArgumentException when there are too few images
     */
    public Outcome measure(long seed) throws ModelRejectedException {
        progress.accept("seed %d: %,d images to learn from, %,d to test on".formatted(seed, train.size(), test.size()));
        ProcessorTime time = new ProcessorTime();
        ModelArtifact artifact = trainer.train(
                shape,
                train,
                plan.spoiling().goal(),
                new NetworkTrainer.Request(
                        "evaluated",
                        plan.epochs().orElseGet(() -> plan.spoiling().goal().suitableEpochs(train.size())),
                        seed,
                        "afterimage evaluate",
                        name),
                step -> {});
        double seconds = time.seconds();
        List<float[]> spoiled = spoiled(test, seed);
        Map<String, List<float[]>> others = new LinkedHashMap<>();
        baselines(seed).forEach((baseline, restoration) -> others.put(baseline, restoration.apply(spoiled)));
        List<float[]> restored;
        try (PictureModel model = PictureModel.load(artifact)) {
            restored = PictureQuality.applied(
                    model,
                    spoiled,
                    plan.spoiling().height(shape),
                    plan.spoiling().width(shape));
        }
        Map<String, PictureQuality> qualities = new LinkedHashMap<>();
        others.forEach((baseline, pictures) -> qualities.put(baseline, PictureQuality.of(pictures, test, shape)));
        Result result = new Result(
                seed, PictureQuality.of(restored, test, shape), perClass(restored), qualities, seconds, test.size());
        return new Outcome(result, shape, examples(spoiled, restored, others));
    }

    private Map<String, PictureQuality> perClass(List<float[]> restored) {
        Map<String, PictureQuality> perClass = new LinkedHashMap<>();
        int from = 0;
        for (Map.Entry<String, Integer> label : testLabels.entrySet()) {
            int to = from + label.getValue();
            perClass.put(label.getKey(), PictureQuality.of(restored.subList(from, to), test.subList(from, to), shape));
            from = to;
        }
        return perClass;
    }

    private Map<String, UnaryOperator<List<float[]>>> baselines(long seed) {
        List<float[]> sample = new ArrayList<>(train);
        Collections.shuffle(sample, new Random(seed));
        sample = sample.subList(0, Math.min(MOST_FOR_BASELINES, sample.size()));
        // Other draws than those of the test pictures.
        return plan.spoiling().baselines(shape, sample, spoiled(sample, ~seed), plan.components(), seed);
    }

    private List<float[]> spoiled(List<float[]> clean, long seed) {
        Random seeds = new Random(seed);
        return clean.stream()
                .map(image -> plan.spoiling().spoil(image, shape, seeds.nextLong()))
                .toList();
    }

    private List<Example> examples(List<float[]> spoiled, List<float[]> restored, Map<String, List<float[]>> others) {
        double[] psnr = IntStream.range(0, test.size())
                .mapToDouble(i -> PictureSimilarity.psnr(restored.get(i), test.get(i)))
                .toArray();
        List<Integer> order = IntStream.range(0, psnr.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> psnr[i]))
                .toList();
        List<Example> examples = new ArrayList<>();
        Map<String, Integer> places = new LinkedHashMap<>();
        places.put("best", order.size() - 1);
        places.put("median", order.size() / 2);
        places.put("worst", 0);
        places.forEach((what, place) -> {
            int i = order.get(place);
            Map<String, float[]> baselines = new LinkedHashMap<>();
            others.forEach((name, pictures) -> baselines.put(name, pictures.get(i)));
            examples.add(new Example(what, test.get(i), spoiled.get(i), restored.get(i), baselines, psnr[i]));
        });
        return examples;
    }
}
