package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.demo.Pace;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.LabelledImage;
import io.afterimage.wire.ImageEvent;
import io.afterimage.wire.ImagePublisher;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends images to the service. */
@Command(
        name = "produce",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Sends images to the service, as CloudEvents keyed by the stream.",
            "An image counts when all replicas in sync have it; the first that cannot be sent ends the command."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage produce --images ./pictures --stream camera-1",
            "  afterimage produce --images builtin:digits-test --stream camera-2 --rate 50",
            "  afterimage produce --images frames.zip --stream line-7 --repeat --limit 100000"
        })
final class ProduceCommand implements Callable<Integer> {
    private final StopSignal stop;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--images",
            required = true,
            paramLabel = "SPEC",
            description = "What to send: " + ImageSet.KINDS + ".")
    private String images = "";

    @Option(
            names = "--stream",
            required = true,
            paramLabel = "NAME",
            description = "The camera, line or sensor the images come from: the record's key.")
    private String stream = "";

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Images per second. Default: as fast as Kafka takes them.")
    private double rate = Double.POSITIVE_INFINITY;

    @Option(names = "--limit", paramLabel = "N", description = "Stop after this many images.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--repeat", description = "Begin again at the end, until --limit or Ctrl-C.")
    private boolean repeat;

    ProduceCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws ImageSetException {
        checkOptions();
        Configuration configuration = kafka.load();
        PrintWriter out = spec.commandLine().getOut();
        String topic = KafkaOptions.topics(configuration).images();
        long start = System.nanoTime();
        try (ImageSet set = ImageSet.open(images);
                ImagePublisher publisher =
                        new ImagePublisher(configuration.kafka().forProducer(), topic, Clock.systemUTC())) {
            try {
                send(set, publisher);
            } catch (KafkaException e) {
                throw new CommandFailedException(
                        "Stopped after %d images, an image could not be sent to %s: %s. Do the topics exist (`afterimage topics describe`)?"
                                .formatted(publisher.acknowledged(), topic, e.getMessage()),
                        e);
            }
            double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
            long sent = publisher.acknowledged();
            out.println(String.format(
                    Locale.ROOT,
                    "%d images sent to %s as %s in %.1f s (%.0f images/s)",
                    sent,
                    topic,
                    stream,
                    seconds,
                    sent / seconds));
        }
        return Main.OK;
    }

    private void checkOptions() {
        if (!(rate > 0)) {
            throw new ParameterException(spec.commandLine(), "--rate must be positive, not " + rate);
        }
        if (limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit must be at least 1, not " + limit);
        }
        if (stream.isBlank() || stream.length() > ImageEvent.MAX_STREAM_BYTES) {
            throw new ParameterException(
                    spec.commandLine(), "--stream must have 1 to " + ImageEvent.MAX_STREAM_BYTES + " characters");
        }
    }

    private void send(ImageSet set, ImagePublisher publisher) {
        long total = repeat ? limit : Math.min(limit, set.size());
        Pace pace = new Pace(rate);
        long count = 0;
        try (Progress progress = new Progress(
                "Publishing",
                total == Long.MAX_VALUE ? -1 : total,
                spec.commandLine().getErr())) {
            do {
                for (LabelledImage image : set) {
                    if (count == total || !pace.next(stop::requested)) {
                        publisher.flush();
                        progress.update(publisher.acknowledged());
                        return;
                    }
                    publisher.publish(stream, id(image.name(), count++), image.encoded());
                    progress.update(publisher.acknowledged());
                }
            } while (repeat);
            publisher.flush();
            progress.update(publisher.acknowledged());
        }
    }

    /** The end of a long path tells more than its beginning. */
    private static String id(String name, long number) {
        String suffix = "#" + number;
        int room = ImageEvent.MAX_ID_LENGTH - suffix.length();
        return name.substring(Math.max(0, name.length() - room)) + suffix;
    }
}
