package io.afterimage.cli;

import io.afterimage.demo.DemoSummary;
import io.afterimage.demo.DemoTally;
import io.afterimage.demo.Feed;
import io.afterimage.demo.Pace;
import io.afterimage.demo.StoryTally;
import io.afterimage.demo.ThrowawayKafka;
import io.afterimage.demo.VerdictReader;
import io.afterimage.demo.VerdictTable;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.stream.Topics;
import io.afterimage.wire.ImagePublisher;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Everything in one go: a broker, the topics, the service and a feed of real images. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Shows the service at work, with a Kafka broker and images of its own. Nothing is kept.",
            "Handwritten digits are scored; about one image in twenty is a fashion item or a spoilt digit."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage demo",
            "  afterimage demo --seconds 30",
            "  afterimage demo --images 2000 --rate 500 --json",
            "  afterimage demo --story",
            "Ctrl-C stops it. With --json the last line is one JSON object: published, scored, anomalous,",
            "deadLetters, imagesPerSecond, seconds."
        })
final class DemoCommand implements Callable<Integer> {
    private static final long SEED = 20261101;
    /** So long after the last answer nobody expects another one. */
    private static final Duration SILENCE = Duration.ofSeconds(30);
    /** After Ctrl-C, for verdicts that are on their way. */
    private static final Duration LEAVING = Duration.ofSeconds(2);

    /** Small blocks and little patience: a story of minutes, not of days. */
    private static final Map<String, String> STORY_SETTINGS = Map.of(
            "afterimage.retrain.block", "500",
            "afterimage.retrain.shift.duration", "5s",
            "afterimage.retrain.window.age", "1m",
            "afterimage.retrain.epochs", "30",
            "afterimage.retrain.least.images", "2000",
            "afterimage.http.host", "127.0.0.1");

    private final StopSignal stop;
    private final ServiceStart service;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(names = "--seconds", paramLabel = "N", description = "Stop after this many seconds of images.")
    private double seconds = Double.POSITIVE_INFINITY;

    @Option(names = "--images", paramLabel = "N", description = "Stop after this many images.")
    private long images = Long.MAX_VALUE;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "100",
            description = "Images per second. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(
            names = "--port",
            defaultValue = "8080",
            description = "Port of metrics and health, 0 for any free one. Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = "--story",
            description =
                    "Play the life of a model: the images change, drift is seen, a new model is trained, judged, promoted"
                            + " and swapped in. Takes two to three minutes.")
    private boolean story;

    @Option(
            names = "--retrainer-port",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "With --story: port of the retrainer's metrics, 0 for any free one. Default: ${DEFAULT-VALUE}")
    private int retrainerPort;

    @Option(names = "--json", description = "Print the summary as one JSON object on the last line.")
    private boolean json;

    DemoCommand(StopSignal stop, ServiceStart service) {
        this.stop = stop;
        this.service = service;
    }

    @Override
    public Integer call() throws Exception {
        if (!(seconds > 0) || images < 1 || !(rate > 0) || !isPort(port) || !isPort(retrainerPort)) {
            throw new ParameterException(
                    spec.commandLine(), "--seconds, --images and --rate must be positive, ports within 0..65535");
        }
        Logging.ERROR.useByDefault();
        if (story) {
            return playStory();
        }
        DemoTally tally = new DemoTally(System::nanoTime);
        try {
            run(tally);
        } catch (Exception | LinkageError e) {
            // In the middle of a start, libraries fail to register what the ending JVM no longer takes.
            if (!stop.requested()) {
                throw e;
            }
        }
        DemoSummary summary = tally.summary();
        PrintWriter out = spec.commandLine().getOut();
        if (summary.published() > 0) {
            summary.lines().forEach(out::println);
        }
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(summary.json()));
        }
        if (summary.missing() > 0 && !stop.requested()) {
            throw new CommandFailedException(
                    "%d images got no verdict; AFTERIMAGE_LOG_LEVEL=INFO shows why".formatted(summary.missing()));
        }
        return Main.OK;
    }

    private static boolean isPort(int number) {
        return number >= 0 && number <= 65535;
    }

    private int playStory() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (ThrowawayKafka kafka = kafka()) {
            out.println("Starting the scoring service and the retrainer ...");
            Map<String, String> settings = new HashMap<>(STORY_SETTINGS);
            settings.put("afterimage.retrain.http.port", String.valueOf(retrainerPort));
            try (RetrainerProcess retrainer =
                            RetrainerProcess.start(kafka.bootstrapServers(), settings, kafka.path("retrainer.log"));
                    ServiceStart.Started started = service.start(kafka.bootstrapServers(), port, kafka.path("state"))) {
                awaitReady(started, kafka);
                StoryTally tally = new StoryRun(kafka.client(), stop::requested, out).play(() -> {
                    throwIfFailed(started);
                    retrainer.check();
                });
                if (json) {
                    out.println(JsonMapper.shared().writeValueAsString(tally.json()));
                }
                if (!tally.complete() && !stop.requested()) {
                    throw new CommandFailedException("The story did not come to its end: "
                            + Objects.requireNonNullElse(tally.lastReason(), "nothing happened to the model"));
                }
                return Main.OK;
            }
        }
    }

    private void run(DemoTally tally) throws Exception {
        try (ThrowawayKafka kafka = kafka()) {
            if (stop.requested()) {
                return;
            }
            spec.commandLine().getOut().println("Starting the scoring service ...");
            try (ServiceStart.Started started = service.start(kafka.bootstrapServers(), port, kafka.path("state"));
                    VerdictReader reader = new VerdictReader(kafka.client(), Topics.DEFAULT, tally)) {
                awaitReady(started, kafka);
                play(kafka.client(), reader, tally, started);
            }
        }
    }

    private ThrowawayKafka kafka() throws Exception {
        spec.commandLine().getOut().println("Starting a Kafka broker ...");
        return ThrowawayKafka.start();
    }

    private void awaitReady(ServiceStart.Started started, ThrowawayKafka kafka) throws InterruptedException {
        while (!started.ready().getAsBoolean() && !stop.requested()) {
            throwIfFailed(started);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        spec.commandLine()
                .getOut()
                .printf("Kafka at %s, metrics at %s%n", kafka.bootstrapServers(), started.metricsAddress());
    }

    private void play(Map<String, Object> client, VerdictReader reader, DemoTally tally, ServiceStart.Started started)
            throws Exception {
        VerdictTable table =
                new VerdictTable(spec.commandLine().getOut(), Terminal.attached(), started.metricsAddress());
        FeedThread feed = new FeedThread(client, tally, stop::requested);
        feed.start();
        long interval = Terminal.attached() ? TimeUnit.MILLISECONDS.toNanos(500) : TimeUnit.SECONDS.toNanos(1);
        long nextShown = System.nanoTime();
        long answered = 0;
        long lastProgress = System.nanoTime();
        while (feed.isAlive() || tally.pending() > 0) {
            reader.poll();
            throwIfFailed(started);
            long now = System.nanoTime();
            if (tally.answered() > answered) {
                answered = tally.answered();
                lastProgress = now;
            }
            // Until then PyTorch may still have something to say on stderr, which would tear the table.
            if (answered > 0 && now - nextShown >= 0) {
                table.show(tally.snapshot());
                nextShown = now + interval;
            }
            Duration patience = stop.requested() ? LEAVING : SILENCE;
            if (now - lastProgress > patience.toNanos()) {
                break;
            }
        }
        feed.finish();
        if (answered > 0) {
            table.show(tally.snapshot());
        }
    }

    private static void throwIfFailed(ServiceStart.Started started) {
        Throwable failure = started.failure().getNow(null);
        if (failure != null) {
            throw new CommandFailedException("The service ended by itself: " + failure, failure);
        }
    }

    /** Sends images until there were enough. */
    private final class FeedThread extends Thread {
        private final Map<String, Object> client;
        private final DemoTally tally;
        private final BooleanSupplier stopped;
        private volatile boolean abandoned;
        private volatile @Nullable Exception failure;

        FeedThread(Map<String, Object> client, DemoTally tally, BooleanSupplier stopped) {
            super("feed");
            setDaemon(true);
            this.client = client;
            this.tally = tally;
            this.stopped = stopped;
        }

        @Override
        public void run() {
            try (ImageSet digits = ImageSet.open("builtin:digits-test");
                    ImageSet fashion = ImageSet.open("builtin:fashion");
                    ImagePublisher publisher = new ImagePublisher(client, Topics.DEFAULT.images(), Clock.systemUTC())) {
                ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
                Feed feed = new Feed(digits, fashion, decoder, new SplittableRandom(SEED));
                long start = System.nanoTime();
                double length = seconds * TimeUnit.SECONDS.toNanos(1);
                Pace pace = new Pace(rate);
                for (long sent = 0;
                        sent < images && pace.next(this::isOver) && System.nanoTime() - start < length;
                        sent++) {
                    Feed.Picture picture = feed.next();
                    tally.published(picture.id(), picture.truth());
                    publisher.publish(picture.stream(), picture.id(), picture.encoded());
                }
                publisher.flush();
            } catch (Exception e) {
                failure = e;
            }
        }

        private boolean isOver() {
            return abandoned || stopped.getAsBoolean();
        }

        /** Waits for the end and throws what went wrong. */
        void finish() throws Exception {
            abandoned = true;
            join();
            Exception e = failure;
            if (e != null) {
                throw e;
            }
        }
    }
}
