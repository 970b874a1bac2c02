package io.afterimage.evaluate;

import io.afterimage.image.InputShape;
import io.afterimage.model.GenerativeModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.train.GenerativeQuality;
import io.afterimage.train.Goal;
import io.afterimage.train.ImageBatch;
import io.afterimage.train.NetworkTrainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** What a generative model loses of pictures that it has not seen, and what it makes of nothing but numbers. Learns without labels. */
public final class GenerationCheck {
    private static final int SAMPLES = 64;
    private static final int PAIRS = 6;
    private static final int STEPS = 10;
    private static final int GRID = 15;
    private static final int POINTS = 2_000;
    private static final int BATCH = 64;

    private final LabelledImages train;
    private final LabelledImages test;
    private final Plan plan;
    private final NetworkTrainer trainer;
    private final Consumer<String> progress;

    /**
     * How to train.
     *
     * @param goal the model that is measured
     * @param plain one to hold it against; empty for none
     * @param epochs rounds through the images; empty for as many as suit them
     */
    public record Plan(Goal.Generate goal, Optional<Goal.Generate> plain, OptionalInt epochs) {}

    /**
     * What came of a seed.
     *
     * @param quality of the test pictures
     * @param perClass the same by label
     * @param plain of the same pictures with the plain model; empty without one
     * @param mean what the mean picture, taken as probabilities, costs of a test picture in nats
     * @param trainingSeconds of processor time, of the model that is measured
     */
    public record Result(
            long seed,
            GenerativeQuality quality,
            Map<String, GenerativeQuality> perClass,
            Optional<GenerativeQuality> plain,
            double mean,
            double trainingSeconds,
            int images) {
        public Result {
            perClass = Collections.unmodifiableMap(new LinkedHashMap<>(perClass));
        }
    }

    /**
     * What a model makes.
     *
     * @param samples pictures of vectors drawn from the prior
     * @param walks rows of {@value #STEPS} pictures, from one test picture to another through the latent space
     * @param grid {@value #GRID} rows and columns of pictures over the plane of a latent space with two dimensions; empty for others
     * @param points where test pictures lie in the first two dimensions, by label
     */
    public record Evidence(
            InputShape shape,
            List<float[]> samples,
            List<List<float[]>> walks,
            List<float[]> grid,
            List<LabelledPoint> points) {
        public Evidence {
            samples = List.copyOf(samples);
            walks = List.copyOf(walks);
            grid = List.copyOf(grid);
            points = List.copyOf(points);
        }
    }

    /** Figures of a seed, and pictures to look at. */
    public record Outcome(Result result, Evidence evidence) {}

    /** @param progress told before each training */
    public GenerationCheck(
            LabelledImages train, LabelledImages test, Plan plan, NetworkTrainer trainer, Consumer<String> progress) {
        this.train = train;
        this.test = test;
        this.plan = plan;
        this.trainer = trainer;
        this.progress = progress;
    }

    /**
     * Trains and tests once; takes minutes.
     *
     * @param seed of all that is drawn
     * @throws IllegalArgumentException when there are too few images
     */
    public Outcome measure(long seed) throws ModelRejectedException {
        List<float[]> learned = train.of(train.byLabel().keySet());
        List<float[]> unseen = test.of(test.byLabel().keySet());
        Optional<GenerativeQuality> plain = Optional.empty();
        if (plan.plain().isPresent()) {
            try (GenerativeModel model =
                    GenerativeModel.load(trained(plan.plain().get(), learned, seed))) {
                plain = Optional.of(GenerativeQuality.of(model, unseen, seed));
            }
        }
        ProcessorTime time = new ProcessorTime();
        ModelArtifact artifact = trained(plan.goal(), learned, seed);
        double seconds = time.seconds();
        try (GenerativeModel model = GenerativeModel.load(artifact)) {
            Map<String, GenerativeQuality> perClass = new LinkedHashMap<>();
            test.byLabel().forEach((label, images) -> perClass.put(label, GenerativeQuality.of(model, images, seed)));
            Result result = new Result(
                    seed,
                    GenerativeQuality.of(model, unseen, seed),
                    perClass,
                    plain,
                    costOfMean(learned, unseen),
                    seconds,
                    unseen.size());
            return new Outcome(result, evidence(model, unseen, seed));
        }
    }

    private ModelArtifact trained(Goal.Generate goal, List<float[]> images, long seed) {
        progress.accept("seed %d: %s, learning from %,d images".formatted(seed, goal.kind(), images.size()));
        return trainer.train(
                train.shape(),
                images,
                goal,
                new NetworkTrainer.Request(
                        "evaluated",
                        plan.epochs().orElseGet(() -> goal.suitableEpochs(images.size())),
                        seed,
                        "afterimage evaluate",
                        train.name()),
                step -> {});
    }

    /** Binary cross-entropy in nats, of the mean picture of those learned against the others. */
    private static double costOfMean(List<float[]> learned, List<float[]> unseen) {
        double[] mean = MeanImage.of(learned);
        double[] shares = MeanImage.of(unseen);
        double cost = 0;
        for (int i = 0; i < mean.length; i++) {
            // A pixel that was black in all pictures is not impossible in another.
            double p = (mean[i] * learned.size() + 0.5) / (learned.size() + 1);
            cost -= shares[i] * Math.log(p) + (1 - shares[i]) * Math.log(1 - p);
        }
        return cost;
    }

    private Evidence evidence(GenerativeModel model, List<float[]> unseen, long seed) {
        int latent = model.latent();
        List<List<float[]>> walks = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            // The sets are sorted by label: pictures from both ends of the set are different ones.
            int from = (int) ((i + 0.5) * unseen.size() / (2 * PAIRS));
            float[] ends = ImageBatch.join(List.of(unseen.get(from), unseen.get(unseen.size() - 1 - from)));
            float[] encoded = model.encode(ends, 2).means();
            walks.add(decoded(model, GenerativeModel.walk(encoded, STEPS), STEPS));
        }
        return new Evidence(
                test.shape(),
                decoded(model, model.draw(SAMPLES, seed), SAMPLES),
                walks,
                latent == 2 ? decoded(model, GenerativeModel.grid(GRID), GRID * GRID) : List.of(),
                points(model));
    }

    private static List<float[]> decoded(GenerativeModel model, float[] latents, int count) {
        return ImageBatch.split(model.decode(latents, count), count);
    }

    private List<LabelledPoint> points(GenerativeModel model) {
        List<LabelledPoint> points = new ArrayList<>();
        int every = Math.max(1, test.of(test.byLabel().keySet()).size() / POINTS);
        for (Map.Entry<String, List<float[]>> entry : test.byLabel().entrySet()) {
            List<float[]> some = new ArrayList<>();
            for (int i = 0; i < entry.getValue().size(); i += every) {
                some.add(entry.getValue().get(i));
            }
            for (int from = 0; from < some.size(); from += BATCH) {
                List<float[]> batch = some.subList(from, Math.min(from + BATCH, some.size()));
                float[] means =
                        model.encode(ImageBatch.join(batch), batch.size()).means();
                for (int i = 0; i < batch.size(); i++) {
                    float[] z = Arrays.copyOfRange(means, i * model.latent(), (i + 1) * model.latent());
                    points.add(new LabelledPoint(entry.getKey(), z[0], z.length > 1 ? z[1] : 0));
                }
            }
        }
        return points;
    }
}
