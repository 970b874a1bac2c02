package io.afterimage.cli;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.Task;
import io.afterimage.train.Goal;
import io.afterimage.train.ImageCollection;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.NetworkTrainer;
import io.afterimage.train.TrainingImages;
import io.afterimage.train.TrainingStep;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a model from a set of images and writes it to a folder. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Trains a model from unlabelled images. Labels (sub-folders) are not looked at.",
            "",
            "reconstruct: from mostly normal images, an autoencoder whose residual is the anomaly score. About a third of the images is"
                    + " held out from training: on them the score is calibrated, so that the false-alarm rate you ask for is the one"
                    + " you get.",
            "denoise: from clean images, a network that takes the noise off others.",
            "super-resolve: a network that doubles height and width.",
            "generate: a variational or adversarial autoencoder that makes new images.",
            "Of the last three a tenth of the images is held out; what was measured on them is in the manifest."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage train --images ./good-parts --out ./models/parts",
            "  afterimage train --images builtin:digits-train --out ./models/digits --seed 42",
            "  afterimage train --task denoise --images ./clean-parts --out ./models/parts-denoised --noise grain",
            "  afterimage train --task generate --images builtin:digits --out ./models/digits-2d --latent 2",
            "Then: afterimage serve --set afterimage.model=./models/parts --set afterimage.denoise.model=./models/parts-denoised"
        })
final class TrainCommand implements Callable<Integer> {
    private static final Pattern SHAPE = Pattern.compile("([13])x(\\d{1,4})x(\\d{1,4})");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(
            names = "--images",
            required = true,
            paramLabel = "IMAGES",
            description = "Images to train on: " + ImageSet.KINDS + ".")
    private String images = "";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for the model, made when missing.")
    private Path out = Path.of("");

    @Option(names = "--name", description = "Name of the model. Default: the name of the folder.")
    private @Nullable String name;

    @Option(
            names = "--task",
            paramLabel = "TASK",
            defaultValue = "reconstruct",
            converter = TaskConverter.class,
            description =
                    "What the model is for: reconstruct, denoise, super-resolve or generate. Default: ${DEFAULT-VALUE}")
    private Task task = Task.RECONSTRUCT;

    @Option(
            names = "--epochs",
            description = "Rounds through the images. Default: 30 for a few thousand images, fewer for more")
    private @Nullable Integer epochs;

    @Option(
            names = "--latent",
            description = "Length of the latent vector; more for many kinds of normal. Default: 32; 2 to generate")
    private @Nullable Integer latent;

    @Option(
            names = "--seed",
            defaultValue = "42",
            description = "Seed of every random choice. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Mixin
    private FamilyOptions family = new FamilyOptions();

    @Mixin
    private RecipeOption recipe = new RecipeOption();

    @Option(
            names = "--shape",
            paramLabel = "CxHxW",
            description = "What images are scaled to, such as 1x64x64. Default: chosen from the images.")
    private @Nullable String shape;

    @Option(
            names = "--memory",
            defaultValue = "4000",
            description = "Normal images whose features are remembered. Default: ${DEFAULT-VALUE}")
    private int memory;

    @Option(
            names = "--max-images",
            defaultValue = "50000",
            description = "Larger sets are sampled at random. Default: ${DEFAULT-VALUE}")
    private int maxImages;

    @Override
    public Integer call() throws IOException, ImageSetException {
        Logging.ERROR.useByDefault();
        PrintWriter terminal = spec.commandLine().getOut();
        Optional<InputShape> wanted;
        Training training;
        if (maxImages < TrainingImages.FEWEST) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--max-images must be at least %d, not %d".formatted(TrainingImages.FEWEST, maxImages));
        }
        try {
            wanted = Optional.ofNullable(shape).map(TrainCommand::parse);
            training = training();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        ImageCollection collection = read(wanted, terminal);
        ModelArtifact model;
        try {
            model = TrainingProgress.shown(terminal, progress -> training.of(collection, progress));
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
        model.write(out);
        report(model.manifest(), terminal);
        return Main.OK;
    }

    /** A training that lacks nothing but its images. */
    private interface Training {
        ModelArtifact of(ImageCollection collection, Consumer<TrainingStep> progress);
    }

    /** @throws IllegalArgumentException for options that make no sense, whatever the images */
    private Training training() {
        String called =
                name == null ? out.toAbsolutePath().normalize().getFileName().toString() : name;
        String command = "afterimage "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
        if (task == Task.RECONSTRUCT) {
            ModelTrainer trainer = new ModelTrainer(Clock.systemUTC());
            ModelTrainer.Request request = new ModelTrainer.Request(
                    called,
                    latent == null ? 32 : latent,
                    epochs == null ? 1 : epochs,
                    seed,
                    memory,
                    recipe.recipe(),
                    command,
                    images);
            return (collection, progress) -> {
                List<float[]> all = collection.images();
                return trainer.train(
                        TrainingImages.split(collection.shape(), all, seed),
                        epochs == null ? request.withEpochs(ModelTrainer.suitableEpochs(all.size())) : request,
                        progress);
            };
        }
        NetworkTrainer trainer = new NetworkTrainer(Clock.systemUTC());
        Goal goal = goal();
        NetworkTrainer.Request request =
                new NetworkTrainer.Request(called, epochs == null ? 1 : epochs, seed, command, images);
        return (collection, progress) -> {
            List<float[]> all = collection.images();
            return trainer.train(
                    collection.shape(),
                    all,
                    goal,
                    epochs == null ? request.withEpochs(goal.suitableEpochs(all.size())) : request,
                    progress);
        };
    }

    private Goal goal() {
        return switch (task) {
            case DENOISE -> new Goal.Denoise(family.noise(), family.width());
            case SUPER_RESOLVE -> new Goal.SuperResolve(family.width());
            case GENERATE -> new Goal.Generate(family.architecture(), latent == null ? 2 : latent, family.loss());
            case RECONSTRUCT -> throw new IllegalStateException("a model with a verdict has a trainer of its own");
        };
    }

    private ImageCollection read(Optional<InputShape> wanted, PrintWriter terminal) throws ImageSetException {
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        try (ImageSet set = ImageSet.open(images)) {
            InputShape input = wanted.orElseGet(() -> ImageCollection.suitableShape(set, decoder));
            ImageCollection collection =
                    ImageCollection.read(set, decoder, input, maxImages, new SplittableRandom(seed));
            terminal.printf(
                    "%,d images of %s as %s (channels x height x width)%s%s%n",
                    collection.images().size(),
                    set.name(),
                    input,
                    collection.seen() > maxImages ? ", sampled from " + collection.seen() : "",
                    collection.rejected() > 0 ? ", " + collection.rejected() + " could not be read" : "");
            return collection;
        }
    }

    private void report(ModelManifest manifest, PrintWriter terminal) {
        terminal.printf(
                "model %s version %s in %s%n",
                manifest.name(), manifest.version(), out.toAbsolutePath().normalize());
        terminal.printf(
                "loss %.2f -> %.2f; %s%n",
                manifest.training().firstLoss(), manifest.training().lastLoss(), worth(manifest));
    }

    private static String worth(ModelManifest manifest) {
        if (manifest.calibration().isEmpty()) {
            return "on %,d images held out: ".formatted(manifest.training().heldOut())
                    + manifest.quality().entrySet().stream()
                            .map(figure -> "%s %.3f".formatted(figure.getKey(), figure.getValue()))
                            .collect(Collectors.joining(", "));
        }
        return "calibrated on %d images, so alpha can be as small as %.4f"
                .formatted(
                        manifest.calibration().size(),
                        1.0 / (manifest.calibration().size() + 1));
    }

    static final class TaskConverter extends LabelConverter<Task> {
        TaskConverter() {
            super("task", List.of(Task.values()), Task::label);
        }
    }

    private static InputShape parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "--shape is channels x height x width, such as 1x28x28 or 3x64x64, not '" + text + "'");
        }
        return new InputShape(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
    }
}
