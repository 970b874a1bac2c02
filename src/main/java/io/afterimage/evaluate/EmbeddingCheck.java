package io.afterimage.evaluate;

import io.afterimage.image.InputShape;
import io.afterimage.model.Analysis;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.GenerativeModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.train.Goal;
import io.afterimage.train.ImageBatch;
import io.afterimage.train.LinearProbe;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.NetworkTrainer;
import io.afterimage.train.PrincipalReconstruction;
import io.afterimage.train.Start;
import io.afterimage.train.TrainingImages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What the latent vector tells of a picture, next to as many principal components. The embeddings are learned without labels; labels are
 * read only to ask what they tell.
 */
public final class EmbeddingCheck {
    private static final int MOST_TRUSTED = 2_000;
    private static final int MOST_SHOWN = 12;
    private static final int BATCH = 64;
    /** As often as for verdicts, so many times: what tells kinds apart is learned later than what a verdict needs. */
    private static final int LONGER = 4;

    private final LabelledImages train;
    private final LabelledImages test;
    private final OptionalInt epochs;
    private final ModelTrainer models;
    private final NetworkTrainer networks;
    private final Consumer<String> progress;

    /**
     * What came of a seed and a number of dimensions.
     *
     * @param autoencoder the latent vectors of the autoencoder that gives verdicts, which the service publishes
     * @param perClass what their neighbours are worth, by label
     * @param variational the means that the encoder of a variational autoencoder gives
     * @param pca principal components
     */
    public record Result(
            long seed, int dimensions, Worth autoencoder, Map<String, Double> perClass, Worth variational, Worth pca) {
        public Result {
            perClass = Collections.unmodifiableMap(new LinkedHashMap<>(perClass));
        }
    }

    /**
     * What an embedding is worth.
     *
     * @param neighbours share of test pictures whose nearest training pictures in the embedding have their label
     * @param linear share whose label a linear probe reads off the embedding
     * @param trustworthiness of neighbourhoods, at most 1
     * @param error mean squared error of the picture reconstructed from the embedding
     */
    public record Worth(double neighbours, double linear, double trustworthiness, double error) {}

    /**
     * The embeddings to look at.
     *
     * @param shape of the pictures
     * @param shown test pictures, of each label one
     * @param seen what the embeddings make of them, by name
     */
    public record Evidence(InputShape shape, List<float[]> shown, Map<String, Seen> seen) {
        public Evidence {
            shown = List.copyOf(shown);
            seen = Collections.unmodifiableMap(new LinkedHashMap<>(seen));
        }
    }

    /**
     * What one embedding makes of test pictures.
     *
     * @param reconstructions of the pictures that are shown, in their order
     * @param points where test pictures lie, of an embedding of two dimensions; empty for others
     */
    public record Seen(List<float[]> reconstructions, List<LabelledPoint> points) {
        public Seen {
            reconstructions = List.copyOf(reconstructions);
            points = List.copyOf(points);
        }
    }

    /** Figures of a seed and a number of dimensions, and what they rest on. */
    public record Outcome(Result result, Evidence evidence) {}

    /** An embedding: pictures to vectors and back. */
    private interface Codec {
        Coded code(List<float[]> pictures);
    }

    private record Coded(List<float[]> vectors, List<float[]> reconstructions) {}

    /** Pictures, their vectors and their labels as numbers. */
    @SuppressWarnings("ArrayRecordComponent") // used at once, never compared
    private record Embedded(List<float[]> vectors, int[] labels, double error) {}

    /** What an embedding is worth, and how it looks. */
    private record Judged(Worth worth, Map<String, Double> perClass, Seen seen) {}

    /** Pictures and the numbers of their labels. */
    @SuppressWarnings("ArrayRecordComponent") // used at once, never compared
    private record Labelled(List<float[]> pictures, int[] labels) {}

    /**
     * Of all images of two sets.
     *
     * @param epochs rounds through the images; empty for as many as suit them
     * @param progress told before each training
     */
    public EmbeddingCheck(
            LabelledImages train,
            LabelledImages test,
            OptionalInt epochs,
            ModelTrainer models,
            NetworkTrainer networks,
            Consumer<String> progress) {
        this.train = train;
        this.test = test;
        this.epochs = epochs;
        this.models = models;
        this.networks = networks;
        this.progress = progress;
    }

    /**
     * Trains and compares once; takes minutes.
     *
     * @param seed of all that is drawn
     * @throws IllegalArgumentException when there are too few images
     */
    public Outcome measure(int dimensions, long seed) throws ModelRejectedException {
        Labelled learned = labelled(train);
        Labelled unseen = labelled(test);
        progress.accept("seed %d: %d dimensions, from %,d images".formatted(seed, dimensions, learned.pictures.size()));
        PrincipalReconstruction principal = PrincipalReconstruction.of(learned.pictures, dimensions, seed);
        Judged pca = judged(pictures -> coded(principal, pictures), learned, unseen, seed);
        Judged variational;
        try (GenerativeModel model = GenerativeModel.load(variational(learned, dimensions, seed))) {
            variational = judged(pictures -> coded(model, pictures), learned, unseen, seed);
        }
        Judged autoencoder;
        try (ScoringModel model = ScoringModel.load(autoencoder(learned, dimensions, seed))) {
            autoencoder = judged(pictures -> coded(model, pictures), learned, unseen, seed);
        }
        Map<String, Seen> seen = new LinkedHashMap<>();
        seen.put("variational autoencoder", variational.seen);
        seen.put("autoencoder", autoencoder.seen);
        seen.put("principal components", pca.seen);
        return new Outcome(
                new Result(seed, dimensions, autoencoder.worth, autoencoder.perClass, variational.worth, pca.worth),
                new Evidence(test.shape(), test.firstOfEach(MOST_SHOWN), seen));
    }

    private ModelArtifact autoencoder(Labelled learned, int dimensions, long seed) {
        int rounds = epochs.orElseGet(() -> LONGER * ModelTrainer.suitableEpochs(learned.pictures.size()));
        return models.train(
                TrainingImages.split(train.shape(), learned.pictures, seed),
                new ModelTrainer.Request(
                        "evaluated",
                        dimensions,
                        rounds,
                        seed,
                        BATCH,
                        ScoreRecipe.FAST,
                        "afterimage evaluate",
                        train.name()),
                new Start.Scratch(""),
                step -> {});
    }

    private ModelArtifact variational(Labelled learned, int dimensions, long seed) {
        Goal goal = new Goal.Generate(
                GenerativeArchitecture.VARIATIONAL,
                dimensions,
                new GenerativeArchitecture.Loss(GenerativeArchitecture.Pixels.BCE, 1));
        int rounds = epochs.orElseGet(() -> goal.suitableEpochs(learned.pictures.size()));
        return networks.train(
                train.shape(),
                learned.pictures,
                goal,
                new NetworkTrainer.Request("evaluated", rounds, seed, "afterimage evaluate", train.name()),
                step -> {});
    }

    private Labelled labelled(LabelledImages set) {
        List<String> names = List.copyOf(train.byLabel().keySet());
        List<float[]> pictures = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (Map.Entry<String, List<float[]>> entry : set.byLabel().entrySet()) {
            int label = names.indexOf(entry.getKey());
            if (label < 0) {
                throw new IllegalArgumentException(
                        "there are images of label '%s' to test on, but none to learn from".formatted(entry.getKey()));
            }
            pictures.addAll(entry.getValue());
            labels.addAll(Collections.nCopies(entry.getValue().size(), label));
        }
        return new Labelled(
                pictures, labels.stream().mapToInt(Integer::intValue).toArray());
    }

    private static Coded coded(PrincipalReconstruction principal, List<float[]> pictures) {
        List<float[]> vectors = new ArrayList<>();
        List<float[]> reconstructions = new ArrayList<>();
        for (float[] picture : pictures) {
            double[] weights = principal.weights(picture);
            float[] vector = new float[weights.length];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) weights[i];
            }
            vectors.add(vector);
            reconstructions.add(principal.reconstruction(picture));
        }
        return new Coded(vectors, reconstructions);
    }

    private static Coded coded(ScoringModel model, List<float[]> pictures) {
        List<Analysis> analyses = model.analyse(ImageBatch.join(pictures), pictures.size());
        return new Coded(
                analyses.stream().map(Analysis::latent).toList(),
                analyses.stream().map(Analysis::reconstruction).toList());
    }

    private static Coded coded(GenerativeModel model, List<float[]> pictures) {
        int count = pictures.size();
        float[] means = model.encode(ImageBatch.join(pictures), count).means();
        return new Coded(ImageBatch.split(means, count), ImageBatch.split(model.decode(means, count), count));
    }

    private static Embedded embedded(Codec codec, Labelled images) {
        List<float[]> vectors = new ArrayList<>();
        double error = 0;
        for (int from = 0; from < images.pictures.size(); from += BATCH) {
            List<float[]> batch = images.pictures.subList(from, Math.min(from + BATCH, images.pictures.size()));
            Coded coded = codec.code(batch);
            vectors.addAll(coded.vectors);
            for (int i = 0; i < batch.size(); i++) {
                error += error(coded.reconstructions.get(i), batch.get(i)) / images.pictures.size();
            }
        }
        return new Embedded(vectors, images.labels, error);
    }

    private static double error(float[] reconstruction, float[] picture) {
        double sum = 0;
        for (int i = 0; i < picture.length; i++) {
            double difference = reconstruction[i] - picture[i];
            sum += difference * difference;
        }
        return sum / picture.length;
    }

    private Judged judged(Codec codec, Labelled learned, Labelled unseen, long seed) {
        Embedded known = embedded(codec, learned);
        Embedded asked = embedded(codec, unseen);
        int kinds = train.byLabel().size();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < asked.vectors.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(seed));
        List<Integer> some = order.subList(0, Math.min(MOST_TRUSTED, order.size()));
        int[] told = Neighbourhoods.told(known.vectors, known.labels, asked.vectors, kinds);
        Worth worth = new Worth(
                share(told, asked.labels, any -> true),
                LinearProbe.accuracy(known.vectors, known.labels, asked.vectors, asked.labels, kinds, seed),
                Neighbourhoods.trustworthiness(
                        some.stream().map(unseen.pictures::get).toList(),
                        some.stream().map(asked.vectors::get).toList()),
                asked.error);
        return new Judged(
                worth,
                perClass(told, asked.labels),
                new Seen(codec.code(test.firstOfEach(MOST_SHOWN)).reconstructions, points(asked, some)));
    }

    private Map<String, Double> perClass(int[] told, int[] truth) {
        Map<String, Double> perClass = new LinkedHashMap<>();
        List<String> names = List.copyOf(train.byLabel().keySet());
        test.byLabel().keySet().forEach(name -> {
            int label = names.indexOf(name);
            perClass.put(name, share(told, truth, of -> of == label));
        });
        return perClass;
    }

    /** The share that is told rightly, of those of some labels. */
    private static double share(int[] told, int[] truth, IntPredicate some) {
        return IntStream.range(0, truth.length)
                .filter(i -> some.test(truth[i]))
                .mapToDouble(i -> told[i] == truth[i] ? 1 : 0)
                .average()
                .orElseThrow();
    }

    private List<LabelledPoint> points(Embedded embedded, List<Integer> some) {
        if (embedded.vectors.get(0).length != 2) {
            return List.of();
        }
        List<String> names = List.copyOf(train.byLabel().keySet());
        return some.stream()
                .sorted(Comparator.comparingInt(i -> embedded.labels[i]))
                .map(i -> new LabelledPoint(
                        names.get(embedded.labels[i]),
                        embedded.vectors.get(i)[0],
                        embedded.vectors.get(i)[1]))
                .toList();
    }
}
