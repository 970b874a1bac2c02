package io.afterimage.evaluate;

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
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What the latent vector tells of a picture, next to as many principal components. The embeddings are learned without labels; labels are
 * read only to ask what they tell.
 */
public final class EmbeddingCheck {
    private static final int MOST_TRUSTED = 2_000;
    private static final int BATCH = 64;

    private final LabelledImages train;
    private final LabelledImages test;
    private final OptionalInt epochs;
    private final ModelTrainer models;
    private final NetworkTrainer networks;
    private final Consumer<String> progress;

    /**
     * What came of a seed and a number of dimensions.
     *
     * @param variational the means that the encoder of a variational autoencoder gives
     * @param autoencoder the latent vectors of the autoencoder that gives verdicts
     * @param pca principal components
     */
    public record Result(long seed, int dimensions, Worth variational, Worth autoencoder, Worth pca) {}

    /**
     * What an embedding is worth.
     *
     * @param neighbours share of test pictures whose nearest training pictures in the embedding have their label
     * @param linear share whose label a linear probe reads off the embedding
     * @param trustworthiness of neighbourhoods, at most 1
     * @param error mean squared error of the picture reconstructed from the embedding
     */
    public record Worth(double neighbours, double linear, double trustworthiness, double error) {}

    /** Pictures, their vectors and their labels as numbers. */
    @SuppressWarnings("ArrayRecordComponent") // used at once, never compared
    private record Embedded(List<float[]> vectors, int[] labels, double error) {}

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
    public Result measure(int dimensions, long seed) throws ModelRejectedException {
        Labelled learned = labelled(train);
        Labelled unseen = labelled(test);
        progress.accept("seed %d: %d dimensions, from %,d images".formatted(seed, dimensions, learned.pictures.size()));
        PrincipalReconstruction principal = PrincipalReconstruction.of(learned.pictures, dimensions, seed);
        Worth pca = worth(embedded(principal, learned), embedded(principal, unseen), unseen, seed);
        return new Result(
                seed,
                dimensions,
                variational(learned, unseen, dimensions, seed),
                autoencoder(learned, unseen, dimensions, seed),
                pca);
    }

    private Worth autoencoder(Labelled learned, Labelled unseen, int dimensions, long seed)
            throws ModelRejectedException {
        int rounds = epochs.orElseGet(() -> ModelTrainer.suitableEpochs(learned.pictures.size()));
        ModelArtifact artifact = models.train(
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
        try (ScoringModel model = ScoringModel.load(artifact)) {
            return worth(embedded(model, learned), embedded(model, unseen), unseen, seed);
        }
    }

    private Worth variational(Labelled learned, Labelled unseen, int dimensions, long seed)
            throws ModelRejectedException {
        Goal goal = new Goal.Generate(
                GenerativeArchitecture.VARIATIONAL,
                dimensions,
                new GenerativeArchitecture.Loss(GenerativeArchitecture.Pixels.BCE, 1));
        int rounds = epochs.orElseGet(() -> goal.suitableEpochs(learned.pictures.size()));
        ModelArtifact artifact = networks.train(
                train.shape(),
                learned.pictures,
                goal,
                new NetworkTrainer.Request("evaluated", rounds, seed, "afterimage evaluate", train.name()),
                step -> {});
        try (GenerativeModel model = GenerativeModel.load(artifact)) {
            return worth(embedded(model, learned), embedded(model, unseen), unseen, seed);
        }
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

    private static Embedded embedded(PrincipalReconstruction principal, Labelled images) {
        List<float[]> vectors = new ArrayList<>();
        double error = 0;
        for (float[] picture : images.pictures) {
            double[] weights = principal.weights(picture);
            float[] vector = new float[weights.length];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) weights[i];
            }
            vectors.add(vector);
            error += error(principal.reconstruction(picture), picture) / images.pictures.size();
        }
        return new Embedded(vectors, images.labels, error);
    }

    private static Embedded embedded(ScoringModel model, Labelled images) {
        List<float[]> vectors = new ArrayList<>();
        double error = 0;
        for (int from = 0; from < images.pictures.size(); from += BATCH) {
            List<float[]> batch = images.pictures.subList(from, Math.min(from + BATCH, images.pictures.size()));
            List<Analysis> analyses = model.analyse(ImageBatch.join(batch), batch.size());
            for (int i = 0; i < batch.size(); i++) {
                vectors.add(analyses.get(i).latent());
                error += error(analyses.get(i).reconstruction(), batch.get(i)) / images.pictures.size();
            }
        }
        return new Embedded(vectors, images.labels, error);
    }

    private static Embedded embedded(GenerativeModel model, Labelled images) {
        List<float[]> vectors = new ArrayList<>();
        double error = 0;
        for (int from = 0; from < images.pictures.size(); from += BATCH) {
            List<float[]> batch = images.pictures.subList(from, Math.min(from + BATCH, images.pictures.size()));
            float[] means = model.encode(ImageBatch.join(batch), batch.size()).means();
            vectors.addAll(ImageBatch.split(means, batch.size()));
            List<float[]> decoded = ImageBatch.split(model.decode(means, batch.size()), batch.size());
            for (int i = 0; i < batch.size(); i++) {
                error += error(decoded.get(i), batch.get(i)) / images.pictures.size();
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

    private Worth worth(Embedded learned, Embedded unseen, Labelled pictures, long seed) {
        int kinds = train.byLabel().size();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < unseen.vectors.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(seed));
        List<Integer> some = order.subList(0, Math.min(MOST_TRUSTED, order.size()));
        return new Worth(
                Neighbourhoods.accuracy(learned.vectors, learned.labels, unseen.vectors, unseen.labels, kinds),
                LinearProbe.accuracy(learned.vectors, learned.labels, unseen.vectors, unseen.labels, kinds, seed),
                Neighbourhoods.trustworthiness(
                        some.stream().map(pictures.pictures::get).toList(),
                        some.stream().map(unseen.vectors::get).toList()),
                unseen.error);
    }
}
