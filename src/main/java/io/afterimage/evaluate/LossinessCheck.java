package io.afterimage.evaluate;

import io.afterimage.image.InputShape;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.GenerativeModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.train.Goal;
import io.afterimage.train.ImageBatch;
import io.afterimage.train.NetworkTrainer;
import io.afterimage.train.PictureQuality;
import io.afterimage.train.PrincipalReconstruction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What is lost of a picture that is squeezed into a few numbers and made again, told by each of two loss functions, by networks that
 * learned to keep the one or the other small. Learns without labels.
 */
public final class LossinessCheck {
    private static final int BATCH = 64;
    private static final int MOST_SHOWN = 12;
    /** As good as none: what is lost is lost to the few numbers, and not to their being drawn towards a prior. */
    private static final double PRIOR = 1e-3;
    /** No value is surer than its 8 bits. */
    private static final double SUREST = 1 / 510.0;

    private final LabelledImages train;
    private final LabelledImages test;
    private final Plan plan;
    private final NetworkTrainer trainer;
    private final Consumer<String> progress;

    /**
     * How to squeeze.
     *
     * @param epochs rounds through the images; empty for as many as suit them
     * @param latent how many numbers a picture is squeezed into
     */
    public record Plan(OptionalInt epochs, int latent) {}

    /**
     * What is lost, on average over pictures. Nothing is lost at an error of 0, 0 nats and an SSIM of 1.
     *
     * @param squaredError mean over the values
     * @param nats sum over the values of the Kullback-Leibler divergence between black and white with the odds of the one and of the
     *     other value: the binary cross-entropy less what it cannot fall below
     * @param psnr dB
     * @param ssim structural similarity
     */
    public record Lost(double squaredError, double nats, double psnr, double ssim) {}

    /**
     * What came of a seed.
     *
     * @param networks what each loses, by the loss function that it learned with
     * @param perClass the same by label
     * @param baselines what is lost without a network
     */
    public record Result(
            long seed,
            Map<String, Lost> networks,
            Map<String, Map<String, Lost>> perClass,
            Map<String, Lost> baselines,
            int images) {
        public Result {
            networks = Collections.unmodifiableMap(new LinkedHashMap<>(networks));
            perClass = Collections.unmodifiableMap(new LinkedHashMap<>(perClass));
            baselines = Collections.unmodifiableMap(new LinkedHashMap<>(baselines));
        }
    }

    /**
     * Figures of a seed, and pictures to look at.
     *
     * @param shape of the pictures
     * @param shown test pictures, of each label one
     * @param reconstructions of them, by what made them
     */
    public record Outcome(
            Result result, InputShape shape, List<float[]> shown, Map<String, List<float[]>> reconstructions) {
        public Outcome {
            shown = List.copyOf(shown);
            reconstructions = Collections.unmodifiableMap(new LinkedHashMap<>(reconstructions));
        }
    }

    /** Makes pictures again, each as long as it was. */
    private interface Codec {
        List<float[]> remade(List<float[]> pictures);
    }

    /** @param progress told before each training */
    public LossinessCheck(
            LabelledImages train, LabelledImages test, Plan plan, NetworkTrainer trainer, Consumer<String> progress) {
        this.train = train;
        this.test = test;
        this.plan = plan;
        this.trainer = trainer;
        this.progress = progress;
    }

    /**
     * Trains both networks and tests them once; takes minutes.
     *
     * @param seed of all that is drawn
     * @throws IllegalArgumentException when there are too few images
     */
    public Outcome measure(long seed) throws ModelRejectedException {
        List<float[]> learned = train.of(train.byLabel().keySet());
        List<float[]> shown = test.firstOfEach(MOST_SHOWN);
        Map<String, List<float[]>> reconstructions = new LinkedHashMap<>();
        Map<String, Lost> networks = new LinkedHashMap<>();
        Map<String, Map<String, Lost>> perClass = new LinkedHashMap<>();
        for (GenerativeArchitecture.Pixels loss : GenerativeArchitecture.Pixels.values()) {
            String name = loss.name().toLowerCase(Locale.ROOT);
            progress.accept("seed %d: loss %s, learning from %,d images".formatted(seed, name, learned.size()));
            try (GenerativeModel model = GenerativeModel.load(trained(loss, learned, seed))) {
                Codec codec = pictures -> remade(model, pictures);
                networks.put(name, lost(codec, test.of(test.byLabel().keySet())));
                test.byLabel()
                        .forEach((label, pictures) -> perClass.computeIfAbsent(label, none -> new LinkedHashMap<>())
                                .put(name, lost(codec, pictures)));
                reconstructions.put("loss " + name, codec.remade(shown));
            }
        }
        Map<String, Lost> baselines = new LinkedHashMap<>();
        baselines(learned, seed).forEach((name, codec) -> {
            baselines.put(name, lost(codec, test.of(test.byLabel().keySet())));
            reconstructions.put(name, codec.remade(shown));
        });
        int images = test.of(test.byLabel().keySet()).size();
        return new Outcome(
                new Result(seed, networks, perClass, baselines, images), test.shape(), shown, reconstructions);
    }

    private ModelArtifact trained(GenerativeArchitecture.Pixels loss, List<float[]> images, long seed) {
        Goal goal = new Goal.Generate(
                GenerativeArchitecture.VARIATIONAL, plan.latent(), new GenerativeArchitecture.Loss(loss, PRIOR));
        int rounds = plan.epochs().orElseGet(() -> goal.suitableEpochs(images.size()));
        return trainer.train(
                train.shape(),
                images,
                goal,
                new NetworkTrainer.Request("evaluated", rounds, seed, "afterimage evaluate", train.name()),
                step -> {});
    }

    private static List<float[]> remade(GenerativeModel model, List<float[]> pictures) {
        List<float[]> remade = new ArrayList<>();
        for (int from = 0; from < pictures.size(); from += BATCH) {
            List<float[]> batch = pictures.subList(from, Math.min(from + BATCH, pictures.size()));
            float[] means = model.encode(ImageBatch.join(batch), batch.size()).means();
            remade.addAll(ImageBatch.split(model.decode(means, batch.size()), batch.size()));
        }
        return remade;
    }

    private Map<String, Codec> baselines(List<float[]> learned, long seed) {
        PrincipalReconstruction principal = PrincipalReconstruction.of(learned, plan.latent(), seed);
        float[] mean = MeanImage.asImage(learned);
        Map<String, Codec> baselines = new LinkedHashMap<>();
        baselines.put(
                "PCA",
                pictures -> pictures.stream().map(principal::reconstruction).toList());
        baselines.put("mean image", pictures -> Collections.nCopies(pictures.size(), mean));
        return baselines;
    }

    private Lost lost(Codec codec, List<float[]> pictures) {
        List<float[]> remade = codec.remade(pictures);
        double squaredError = 0;
        double nats = 0;
        for (int i = 0; i < pictures.size(); i++) {
            float[] before = pictures.get(i);
            float[] after = remade.get(i);
            for (int k = 0; k < before.length; k++) {
                double difference = after[k] - before[k];
                squaredError += difference * difference / before.length;
                nats += nats(before[k], after[k]);
            }
        }
        PictureQuality quality = PictureQuality.of(remade, pictures, test.shape());
        return new Lost(squaredError / pictures.size(), nats / pictures.size(), quality.psnr(), quality.ssim());
    }

    private static double nats(double before, double after) {
        double p = odds(before);
        double q = odds(after);
        return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    }

    private static double odds(double value) {
        return Math.max(SUREST, Math.min(1 - SUREST, value));
    }
}
