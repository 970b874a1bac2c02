package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.config.ConfigurationException;
import io.afterimage.config.RetrainSettings;
import io.afterimage.config.ServiceSettings;
import io.afterimage.health.Component;
import io.afterimage.health.Condition;
import io.afterimage.health.Health;
import io.afterimage.http.OperationsServer;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.LabelledImage;
import io.afterimage.metrics.OperatorMeters;
import io.afterimage.metrics.RetrainMetrics;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.process.ClockWatch;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.retrain.GoldenSet;
import io.afterimage.retrain.Retrainer;
import io.afterimage.stream.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keeps the model of a running service fresh. */
@Command(
        name = "retrain",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Learns from the stream: keeps a window of recent images, trains when a period is over, enough new images have"
                    + " come, the scores drift or an operator asks, and publishes a new model only if it is better.",
            "Runs beside the scoring service, on the same or another machine, with one thread and low priority."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage retrain --bootstrap-servers localhost:9092",
            "  afterimage retrain --set afterimage.retrain.period=6h --golden ./golden",
            "  afterimage models retrain     # asks it to train now",
            "  afterimage models confirm     # lets a new normal be learned, with afterimage.retrain.confirm=true",
            "All settings are in the README. What it decides, and why, is on the topic of model events."
        })
final class RetrainCommand implements Callable<Integer> {
    /** The label of golden images that are not normal. */
    private static final String ANOMALOUS = "anomalous";

    private final StopSignal stop;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private KafkaOptions kafka;

    @Option(
            names = "--golden",
            paramLabel = "DIR",
            description = {
                "The golden set: frozen images that no candidate may do worse on than the current model, whatever the",
                "stream has become. A folder (sub-folders are labels), zip, idx file or builtin:... as for `train`;",
                "images under the label `anomalous` must be alarmed about, all others are normal, and there must be",
                "some of those. A hundred of each and more let the gate see small differences.",
                "Wins over afterimage.retrain.golden. Default: none"
            })
    private @Nullable String golden;

    RetrainCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws ModelRejectedException {
        Logging.INFO.useByDefault();
        Configuration configuration =
                kafka.load(golden == null ? Map.of() : Map.of(RetrainSettings.GOLDEN.property(), golden));
        ServiceSettings service = configuration.service();
        RetrainSettings settings = configuration.retrain();
        Topics topics = KafkaOptions.topics(configuration);
        ModelArtifact initial = Models.read(service.model());
        PrintWriter out = spec.commandLine().getOut();
        try (OperatorMeters meters = new OperatorMeters();
                Retrainer retrainer = new Retrainer(
                        configuration,
                        new Retrainer.Channels(topics.images(), topics.scores(), topics.models(), topics.modelEvents()),
                        initial,
                        golden(
                                settings.golden(),
                                initial.manifest().architecture().input()),
                        Models.keys(service),
                        signingKey(settings, service),
                        new RetrainMetrics(meters.registry()),
                        Clock.systemUTC(),
                        ManagementFactory.getRuntimeMXBean().getName());
                OperationsServer http = OperationsServer.start(
                        service.httpHost(), settings.httpPort(), meters.registry(), health(retrainer));
                ClockWatch clock = ClockWatch.start(why -> stop.request())) {
            meters.describe("retrainer", Version.current());
            out.printf(
                    "Learning from %s; the current model is %s. Metrics: http://localhost:%d/metrics%n",
                    topics.images(), retrainer.model(), http.port());
            out.flush();
            retrainer.run(stop::requested);
            if (clock.setBack().isPresent()) {
                throw new CommandFailedException(
                        "The retrainer cannot go on: " + clock.setBack().get());
            }
            out.println("Stopping ...");
        }
        return Main.OK;
    }

    private static Health health(Retrainer retrainer) {
        return new Health(List.of(new Component(
                "stream",
                () -> retrainer
                        .waitingFor()
                        .<Condition>map(why -> new Condition.Unhealthy(why, true))
                        .orElse(Condition.HEALTHY))));
    }

    private static Optional<PrivateKey> signingKey(RetrainSettings settings, ServiceSettings service) {
        if (settings.signingKey().isEmpty()) {
            if (Models.keys(service).required()) {
                throw new ConfigurationException(List.of("%s is missing: with %s set, only signed models are used"
                        .formatted(
                                RetrainSettings.SIGNING_KEY.property(), ServiceSettings.MODEL_PUBLIC_KEYS.property())));
            }
            return Optional.empty();
        }
        try {
            return Optional.of(ModelSignatures.privateKey(Path.of(settings.signingKey())));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException(List.of(RetrainSettings.SIGNING_KEY.property() + ": " + e.getMessage()));
        }
    }

    private static Optional<GoldenSet> golden(String images, InputShape shape) {
        if (images.isEmpty()) {
            return Optional.empty();
        }
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        List<float[]> normal = new ArrayList<>();
        List<float[]> anomalous = new ArrayList<>();
        try (ImageSet set = ImageSet.open(images)) {
            for (LabelledImage image : set) {
                float[] values = new float[shape.size()];
                InputTensor.write(image.raster(decoder), shape, values, 0);
                (ANOMALOUS.equals(image.label()) ? anomalous : normal).add(values);
            }
        } catch (ImageSetException | ImageRejectedException e) {
            throw new CommandFailedException("The golden set cannot be read: " + e.getMessage(), e);
        }
        if (normal.isEmpty()) {
            throw new CommandFailedException(
                    "The golden set %s has no normal images: all are labelled %s".formatted(images, ANOMALOUS));
        }
        return Optional.of(new GoldenSet(normal, anomalous));
    }
}
