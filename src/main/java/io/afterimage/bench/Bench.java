package io.afterimage.bench;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.LabelledImage;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.stream.ImageScorer;
import io.afterimage.stream.Outcome;
import io.afterimage.stream.ScoringService.Batching;
import io.afterimage.stream.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** One run of all measurements on this machine. */
public final class Bench {
    private static final int[] BATCHES = {8, 16, 32, 64, 128};
    private static final double ALPHA = 0.01;
    private static final int SWAP_BATCH = 64;
    private static final String SWAP_PREFIX = "swap";
    private static final Duration RATE_FOR = Duration.ofSeconds(4);
    private static final List<Integer> LOADS = List.of(25, 50, 80);
    private static final int MEASUREMENTS = 2 * BATCHES.length + 1 + 3 + LOADS.size();

    private final ScoringModel model;
    private final ScoringModel fastModel;
    private final Path directory;
    private final Duration each;
    private final Consumer<String> progress;

    /**
     * @param model the model to measure with
     * @param fastModel the same network with the fast recipe
     * @param directory for the broker's and the service's data
     * @param total about how long the whole may take
     * @param progress told what is measured next
     */
    public Bench(
            ScoringModel model, ScoringModel fastModel, Path directory, Duration total, Consumer<String> progress) {
        this.model = model;
        this.fastModel = fastModel;
        this.directory = directory;
        this.each = total.dividedBy(MEASUREMENTS);
        this.progress = progress;
    }

    public BenchReport run() throws IOException, InterruptedException {
        List<byte[]> images = images();
        ComputationBench computation = new ComputationBench(images, each);
        progress.accept("decoding");
        Throughput decode = computation.decode(model);
        Map<String, Double> byBatch = new LinkedHashMap<>();
        Throughput forward = new Throughput(0, 0);
        int batch = 0;
        for (int size : BATCHES) {
            progress.accept("fast and accurate recipe, batches of " + size);
            Throughput measured = computation.forward(model, size);
            byBatch.put(model.recipe().label() + "/" + size, measured.imagesPerSecond());
            byBatch.put(
                    ScoreRecipe.FAST.label() + "/" + size,
                    computation.forward(fastModel, size).imagesPerSecond());
            if (measured.imagesPerSecond() > forward.imagesPerSecond()) {
                forward = measured;
                batch = size;
            }
        }
        try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
            StreamBench stream = new StreamBench(broker, directory, images);
            return measureStream(stream, batch, decode, forward, byBatch);
        }
    }

    /**
     * Scores many images in one go, for a look at memory.
     *
     * @return resident memory in MiB after each tenth
     */
    public List<Long> soak(long count) throws IOException, InterruptedException {
        try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
            StreamBench stream = new StreamBench(broker, directory, images());
            progress.accept("filling a topic with %,d images".formatted(count));
            stream.preload("soak", count);
            progress.accept("memory over %,d images".formatted(count));
            return stream.soak("soak", count, new StreamBench.Service(this::scoring, Batching.LOOK_AHEAD));
        }
    }

    /**
     * Latency at a steady load: undisturbed, while the model is swapped once a second, and while a process of low priority trains
     * on the same machine.
     *
     * @param artifact of the model to measure with
     */
    public SwapReport swap(ModelArtifact artifact) throws IOException, InterruptedException {
        List<byte[]> images = images();
        progress.accept("the recipe, for a quarter of its rate as load");
        double rate = new ComputationBench(images, RATE_FOR)
                        .forward(model, SWAP_BATCH)
                        .imagesPerSecond()
                / 4;
        AtomicReference<@Nullable CurrentModel> models = new AtomicReference<>();
        AtomicReference<@Nullable Swaps> swaps = new AtomicReference<>();
        StreamBench.Service service = new StreamBench.Service(
                metrics -> {
                    CurrentModel current = new CurrentModel(loaded(artifact), 0);
                    models.set(current);
                    Function<List<ConsumerRecord<byte[], byte[]>>, List<Outcome>> scoring =
                            scorer(current, metrics)::score;
                    return records -> {
                        List<Outcome> outcomes = scoring.apply(records);
                        Swaps seen = swaps.get();
                        if (seen != null && outcomes.get(0) instanceof Outcome.Scored scored) {
                            seen.scored(scored.score().model().version());
                        }
                        return outcomes;
                    };
                },
                Batching.LOOK_AHEAD);
        List<ModelArtifact> versions = List.of(recalibrated(artifact, 1), recalibrated(artifact, 2));
        Duration phase = each.multipliedBy(MEASUREMENTS / 3);
        progress.accept("latency at %,.0f images/s: undisturbed, with swaps, while training".formatted(rate));
        try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
            StreamBench stream = new StreamBench(broker, directory, images);
            StreamBench.Load swapping = new StreamBench.Load(
                    rate, () -> swaps(broker, swaps, Objects.requireNonNull(models.get()), versions));
            List<Histogram> latencies = stream.latencies(
                    SWAP_PREFIX,
                    List.of(
                            // The first is not counted: the compiler is still at work, on swaps, too.
                            swapping,
                            new StreamBench.Load(rate, () -> StreamBench.Disturbance.NONE),
                            swapping,
                            new StreamBench.Load(rate, () -> TrainingProcess.start(directory))),
                    phase,
                    service);
            return new SwapReport(
                    machine(),
                    rate,
                    percentiles(latencies.get(1)),
                    percentiles(latencies.get(2)),
                    percentiles(latencies.get(3)),
                    summary(Objects.requireNonNull(swaps.get()).millisUntilScored()));
        }
    }

    private static Swaps swaps(
            BrokerProcess broker,
            AtomicReference<@Nullable Swaps> reference,
            CurrentModel models,
            List<ModelArtifact> versions) {
        try {
            Swaps swaps = new Swaps(broker.bootstrapServers(), new Topics(SWAP_PREFIX), models, versions);
            reference.set(swaps);
            return swaps;
        } catch (ModelRejectedException e) {
            throw new IllegalStateException("a model cannot be published", e);
        }
    }

    /** Another version that gives the same scores: only the calibration sample is a little shorter. */
    private static ModelArtifact recalibrated(ModelArtifact model, int shorter) {
        List<Double> sample = model.manifest().calibration();
        return model.withScoring(model.manifest().scoring(), sample.subList(0, sample.size() - shorter));
    }

    private static Map<String, Double> summary(List<Double> millis) {
        List<Double> sorted = millis.stream().sorted().toList();
        Map<String, Double> summary = new LinkedHashMap<>();
        summary.put("promotions", (double) sorted.size());
        summary.put("median", sorted.get(sorted.size() / 2));
        summary.put("max", sorted.get(sorted.size() - 1));
        return summary;
    }

    private static ScoringModel loaded(ModelArtifact artifact) {
        try {
            return ScoringModel.load(artifact);
        } catch (ModelRejectedException e) {
            throw new IllegalStateException("the model cannot be loaded again", e);
        }
    }

    private BenchReport measureStream(
            StreamBench stream, int batch, Throughput decode, Throughput forward, Map<String, Double> byBatch)
            throws IOException, InterruptedException {
        String prefix = "bench";
        long count = (long)
                (forward.imagesPerSecond() * each.plus(StreamBench.MOST_WARM_UP).toSeconds());
        progress.accept("filling a topic with %,d images".formatted(count));
        stream.preload(prefix, count);
        StreamBench.Service whole = new StreamBench.Service(this::scoring, Batching.LOOK_AHEAD);
        // First, because it compiles Kafka's code soonest: so many records a second come by.
        progress.accept("an empty pass through Kafka");
        Throughput kafka =
                stream.saturated(prefix, count, each, new StreamBench.Service(this::empty, Batching.LOOK_AHEAD));
        progress.accept("the whole service");
        Throughput service = stream.saturated(prefix, count, each, whole);
        progress.accept("one image at a time");
        Throughput oneByOne =
                stream.saturated(prefix, count, each, new StreamBench.Service(this::scoring, Batching.ONE_BY_ONE));

        Map<String, Map<String, Double>> latency = new LinkedHashMap<>();
        progress.accept("latency at " + LOADS + " % of that");
        List<Histogram> latencies = stream.latencies(
                prefix + "-latency",
                LOADS.stream()
                        .map(load -> new StreamBench.Load(
                                service.imagesPerSecond() * load / 100, () -> StreamBench.Disturbance.NONE))
                        .toList(),
                each,
                whole);
        for (int i = 0; i < LOADS.size(); i++) {
            latency.put(Integer.toString(LOADS.get(i)), percentiles(latencies.get(i)));
        }
        double limit = Processor.cores() * 1e6 / (decode.cpuMicros() + forward.cpuMicros() + kafka.cpuMicros());
        Map<String, Double> cpu = new LinkedHashMap<>();
        cpu.put("decode", decode.cpuMicros());
        cpu.put("forward", forward.cpuMicros());
        cpu.put("kafka", kafka.cpuMicros());
        cpu.put("service", service.cpuMicros());
        cpu.put("oneByOne", oneByOne.cpuMicros());
        OptionalLong peak = Processor.peakMiB();
        return new BenchReport(
                machine(),
                batch,
                decode.imagesPerSecond(),
                forward.imagesPerSecond(),
                byBatch,
                kafka.imagesPerSecond(),
                service.imagesPerSecond(),
                oneByOne.imagesPerSecond(),
                limit,
                service.imagesPerSecond() / limit,
                service.imagesPerSecond() / oneByOne.imagesPerSecond(),
                cpu,
                latency,
                peak.isPresent() ? peak.getAsLong() : null);
    }

    private Function<List<ConsumerRecord<byte[], byte[]>>, List<Outcome>> scoring(ScoringMetrics metrics) {
        return scorer(new CurrentModel(model, 0), metrics)::score;
    }

    private static ImageScorer scorer(CurrentModel models, ScoringMetrics metrics) {
        return new ImageScorer(
                models,
                new Challenger(),
                ALPHA,
                ImageScorer.Publications.NONE,
                new ImageDecoder(ImageLimits.DEFAULT),
                metrics);
    }

    /** The outcome of one image for all: nothing is decoded or computed, as many bytes are read and written. */
    private Function<List<ConsumerRecord<byte[], byte[]>>, List<Outcome>> empty(ScoringMetrics metrics) {
        Function<List<ConsumerRecord<byte[], byte[]>>, List<Outcome>> scoring = scoring(metrics);
        Outcome[] first = new Outcome[1];
        return records -> {
            synchronized (first) {
                if (first[0] == null) {
                    first[0] = scoring.apply(records.subList(0, 1)).get(0);
                }
                return java.util.Collections.nCopies(records.size(), first[0]);
            }
        };
    }

    private static Map<String, Double> percentiles(Histogram micros) {
        Map<String, Double> percentiles = new LinkedHashMap<>();
        for (int p : new int[] {50, 95, 99}) {
            percentiles.put("p" + p, micros.getValueAtPercentile(p) / 1e3);
        }
        return percentiles;
    }

    private List<byte[]> images() throws ImageSetException {
        List<byte[]> images = new ArrayList<>();
        try (ImageSet digits = ImageSet.open("builtin:digits-test")) {
            for (LabelledImage digit : digits) {
                images.add(digit.encoded());
            }
        }
        return images;
    }

    private static String machine() {
        return "%d cores, %s %s, Java %s"
                .formatted(
                        Processor.cores(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        Runtime.version().feature());
    }
}
