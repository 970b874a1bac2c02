package io.afterimage.train;

import ai.djl.Model;
import io.afterimage.image.InputShape;
import io.afterimage.model.Architecture;
import io.afterimage.model.GenerativeModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.Network;
import io.afterimage.model.PictureModel;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Makes models that give pictures instead of verdicts: for noise, for resolution, for new pictures. */
public final class NetworkTrainer {
    private static final double HELD_OUT = 0.1;
    private static final int MOST_HELD_OUT = 1_000;

    private final Clock clock;

    /**
     * How to train.
     *
     * @param name of the model
     * @param epochs rounds through the training images, at least 1
     * @param seed of every random choice
     * @param command what the user typed, for the record
     * @param images where the images came from, for the record
     */
    public record Request(String name, int epochs, long seed, String command, String images) {
        public Request {
            ModelManifest.requireName(name);
            if (epochs < 1) {
                throw new IllegalArgumentException("epochs must be at least 1");
            }
        }

        /** The same with another number of rounds. */
        public Request withEpochs(int rounds) {
            return new Request(name, rounds, seed, command, images);
        }
    }

    public NetworkTrainer(Clock clock) {
        this.clock = clock;
    }

    /**
     * Trains, and measures the model on images held out: a tenth of them, at most {@value #MOST_HELD_OUT}. Takes minutes. Only one
     * training may run in a process at a time.
     *
     * @param images unlabelled, at least {@value TrainingImages#FEWEST}, each {@code shape.size()} values in [0, 1]
     * @param progress told after each step; what it throws ends the training, see {@link TrainingDeadline}
     * @throws IllegalArgumentException when there are too few images
     * @throws IllegalStateException when training diverges: no model is better than one that gives no numbers
     */
    public ModelArtifact train(
            InputShape shape, List<float[]> images, Goal goal, Request request, Consumer<TrainingStep> progress) {
        if (images.size() < TrainingImages.FEWEST) {
            throw new IllegalArgumentException("%d images are too few to train a model; give at least %d, better 1,000"
                    .formatted(images.size(), TrainingImages.FEWEST));
        }
        List<float[]> shuffled = new ArrayList<>(images);
        Collections.shuffle(shuffled, new Random(request.seed()));
        int held = (int) Math.min(MOST_HELD_OUT, Math.ceil(HELD_OUT * images.size()));
        List<float[]> heldOut = shuffled.subList(0, held);
        List<float[]> training = shuffled.subList(held, shuffled.size());
        SplittableRandom random = new SplittableRandom(request.seed());
        Architecture architecture = goal.architecture(shape);
        NetworkTraining run = new NetworkTraining(
                shape, training, goal.schedule(request.epochs()), goal.objective(shape, random.split()), random);
        try (Model holder = NetworkTraining.newNetwork(request.name(), architecture, request.seed())) {
            NetworkTraining.Losses losses = run.run(holder, progress);
            ModelManifest draft = new ModelManifest(
                    ModelManifest.FORMAT,
                    request.name(),
                    "",
                    architecture.task().label(),
                    architecture,
                    ModelManifest.Scoring.NONE,
                    List.of(),
                    new ModelManifest.Weights(0, ""),
                    new ModelManifest.Training(
                            request.command(),
                            request.images(),
                            training.size(),
                            held,
                            run.steps(),
                            request.seed(),
                            losses.first(),
                            losses.last(),
                            "",
                            clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()),
                    Map.of(),
                    "");
            ModelArtifact artifact = ModelArtifact.create(draft, ((Network) holder.getBlock()).weights());
            Map<String, Double> quality = quality(artifact, goal, shape, heldOut, request.seed());
            requireNumbers(quality);
            return artifact.withQuality(quality);
        }
    }

    /** A network can make sense of the batches it is trained on, and none of a picture alone. */
    private static void requireNumbers(Map<String, Double> quality) {
        quality.forEach((figure, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalStateException(
                        "training diverged: on the images held out, %s is %s".formatted(figure, value));
            }
        });
    }

    private static Map<String, Double> quality(
            ModelArtifact artifact, Goal goal, InputShape shape, List<float[]> heldOut, long seed) {
        try {
            if (goal instanceof Goal.Generate) {
                try (GenerativeModel model = GenerativeModel.load(artifact)) {
                    return GenerativeQuality.of(model, heldOut, seed).figures();
                }
            }
            try (PictureModel model = PictureModel.load(artifact)) {
                PictureQuality quality = goal instanceof Goal.Denoise denoise
                        ? PictureQuality.ofDenoising(model, shape, heldOut, denoise.noise(), seed)
                        : PictureQuality.ofEnlarging(model, shape, heldOut);
                Map<String, Double> figures = new LinkedHashMap<>();
                figures.put("psnr", quality.psnr());
                figures.put("ssim", quality.ssim());
                return figures;
            }
        } catch (ModelRejectedException e) {
            throw new IllegalStateException("a model that was just trained cannot be loaded", e);
        }
    }
}
