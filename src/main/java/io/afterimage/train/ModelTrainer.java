package io.afterimage.train;

import ai.djl.Model;
import io.afterimage.image.InputShape;
import io.afterimage.model.Analysis;
import io.afterimage.model.Architecture;
import io.afterimage.model.AutoencoderArchitecture;
import io.afterimage.model.ConvolutionalAutoencoder;
import io.afterimage.model.FeatureMemory;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.NormalMemory;
import io.afterimage.model.ScoringModel;
import io.afterimage.model.Task;
import io.afterimage.score.Centring;
import io.afterimage.score.Fusion;
import io.afterimage.score.PlaceStatistics;
import io.afterimage.score.ScoreRecipe;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Makes a model from unlabelled, mostly normal images: trains the network, remembers features of normal images, measures the
 * fusion and the calibration on images held out from both.
 */
public final class ModelTrainer {
    private static final int BATCH = 64;
    private static final int MOST_IN_A_BATCH = 80;
    /** Of images seen in training, those seen again included; more than the 600 to 1,000 batches of 128 that the method needs. */
    private static final int ENOUGH = 160_000;

    private final Clock clock;

    /**
     * What to train.
     *
     * @param name of the model
     * @param latent length of the latent vector, within 1..{@value Architecture#MAX_LATENT}
     * @param epochs rounds through the training images, at least 1
     * @param seed of every random choice
     * @param memory the most normal images to remember features of
     * @param recipe how to score
     * @param command what the user typed, for the record
     * @param images where the images came from, for the record
     */
    public record Request(
            String name,
            int latent,
            int epochs,
            long seed,
            int memory,
            ScoreRecipe recipe,
            String command,
            String images) {
        public Request {
            ModelManifest.requireName(name);
            Architecture.requireLatent(latent);
            if (epochs < 1 || memory < FeatureMemory.NEIGHBOURS) {
                throw new IllegalArgumentException("epochs must be at least 1, memory at least 3");
            }
        }

        /** The same with another number of rounds. */
        public Request withEpochs(int rounds) {
            return new Request(name, latent, rounds, seed, memory, recipe, command, images);
        }
    }

    public ModelTrainer(Clock clock) {
        this.clock = clock;
    }

    /** Rounds that suit a set of so many images, of which some are held out; at most {@value Rounds#MOST}. */
    public static int suitableEpochs(int images) {
        return Rounds.of(ENOUGH, TrainingImages.learned(images));
    }

    /** Trains from scratch without a parent, and calibrates; takes minutes. */
    public ModelArtifact train(TrainingImages images, Request request, Consumer<TrainingStep> progress) {
        return train(images, request, new Start.Scratch(""), progress);
    }

    /**
     * Trains and calibrates; takes minutes. Only one training may run in a process at a time.
     *
     * @param progress told after each step; what it throws ends the training, see {@link TrainingDeadline}
     * @throws IllegalArgumentException when a warm start has another architecture than the request
     */
    public ModelArtifact train(TrainingImages images, Request request, Start start, Consumer<TrainingStep> progress) {
        AutoencoderArchitecture architecture = new AutoencoderArchitecture(images.shape(), request.latent());
        SplittableRandom random = new SplittableRandom(request.seed());
        SplittableRandom choices = random.split();
        boolean centred = request.recipe().centred();
        List<float[]> seen = centred ? centred(images) : images.training();
        NetworkTraining training = new NetworkTraining(
                images.shape(),
                seen,
                new NetworkTraining.Schedule(request.epochs(), start.learningRate(), MOST_IN_A_BATCH),
                centred
                        ? Restoration.ofDefects(images.shape(), choices.split())
                        : Restoration.of(images.shape(), Noise.BLOCKS, choices.split()),
                choices);
        try (Model holder = NetworkTraining.newNetwork(request.name(), architecture, request.seed())) {
            ConvolutionalAutoencoder network = (ConvolutionalAutoencoder) holder.getBlock();
            if (start instanceof Start.Warm warm) {
                restore(network, warm.from());
            }
            NetworkTraining.Losses losses = training.run(holder, progress);
            List<float[]> sample = first(seen, request.memory());
            NormalMemory memory = NormalMemoryTraining.run(
                    holder.getNDManager(), network, images.shape(), sample, request.recipe(), random.split());
            ModelManifest.Training provenance = new ModelManifest.Training(
                    request.command(),
                    request.images(),
                    images.training().size(),
                    images.fusion().size() + images.calibration().size(),
                    training.steps(),
                    request.seed(),
                    losses.first(),
                    losses.last(),
                    start.parent(),
                    clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
            if (request.recipe().usesPlaces()) {
                ModelArtifact placeless = uncalibrated(
                        architecture,
                        request,
                        provenance,
                        network,
                        memory.with(PlaceStatistics.neutral(images.shape().pixels())),
                        sample.size());
                memory = memory.with(places(placeless, first(images.training(), request.memory())));
            }
            return calibrate(uncalibrated(architecture, request, provenance, network, memory, sample.size()), images);
        }
    }

    private static PlaceStatistics places(ModelArtifact artifact, List<float[]> normal) {
        try (ScoringModel model = ScoringModel.load(artifact)) {
            PlaceStatistics.Gathering places =
                    new PlaceStatistics.Gathering(model.shape().pixels());
            analyse(model, normal, analysis -> places.add(analysis.residual()));
            return places.statistics();
        } catch (ModelRejectedException e) {
            throw new IllegalStateException("a model that was just trained cannot be loaded", e);
        }
    }

    private static void restore(ConvolutionalAutoencoder network, ModelArtifact from) {
        try {
            network.restore(from);
        } catch (ModelRejectedException e) {
            throw new IllegalArgumentException("cannot begin from that model: " + e.getMessage(), e);
        }
    }

    /** The training images as the network sees them. */
    private static List<float[]> centred(TrainingImages images) {
        InputShape shape = images.shape();
        List<float[]> centred = new ArrayList<>();
        for (float[] image : images.training()) {
            float[] planes = new float[image.length];
            Centring.apply(image, 0, planes, 0, shape.channels(), shape.pixels());
            centred.add(planes);
        }
        return centred;
    }

    /** The training images are in random order already: the first ones are a random sample. */
    private static List<float[]> first(List<float[]> images, int most) {
        return images.subList(0, Math.min(most, images.size()));
    }

    /** Scores the held-out images with the very code that will score the stream. */
    private static ModelArtifact calibrate(ModelArtifact uncalibrated, TrainingImages images) {
        try (ScoringModel model = ScoringModel.load(uncalibrated)) {
            Fusion fusion = Fusion.fit(parts(model, images.fusion()));
            List<Double> calibration = parts(model, images.calibration()).stream()
                    .map(fusion::fuse)
                    .sorted()
                    .toList();
            ModelManifest.Scoring scoring = uncalibrated.manifest().scoring();
            return uncalibrated.withScoring(
                    new ModelManifest.Scoring(scoring.recipe(), fusion, scoring.components(), scoring.memory()),
                    calibration);
        } catch (ModelRejectedException e) {
            throw new IllegalStateException("a model that was just trained cannot be loaded", e);
        }
    }

    private static List<double[]> parts(ScoringModel model, List<float[]> images) {
        List<double[]> rows = new ArrayList<>(images.size());
        analyse(model, images, analysis -> rows.add(analysis.parts()));
        return rows;
    }

    private static void analyse(ScoringModel model, List<float[]> images, Consumer<Analysis> each) {
        for (int from = 0; from < images.size(); from += BATCH) {
            List<float[]> batch = images.subList(from, Math.min(from + BATCH, images.size()));
            model.analyse(ImageBatch.join(batch), batch.size()).forEach(each);
        }
    }

    private static ModelArtifact uncalibrated(
            Architecture architecture,
            Request request,
            ModelManifest.Training provenance,
            ConvolutionalAutoencoder network,
            NormalMemory memory,
            int remembered) {
        ModelManifest.Scoring scoring = new ModelManifest.Scoring(
                request.recipe().label(),
                new Fusion(List.of(), List.of()),
                memory.features().map(FeatureMemory::components).orElse(0),
                remembered);
        ModelManifest draft = new ModelManifest(
                ModelManifest.FORMAT,
                request.name(),
                "",
                Task.RECONSTRUCT.label(),
                architecture,
                scoring,
                List.of(),
                new ModelManifest.Weights(0, ""),
                provenance,
                Map.of(),
                "");
        return ModelArtifact.create(draft, network.weights(memory)).withRecipe(request.recipe());
    }
}
