package io.afterimage.bench;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.stream.ImageScorer;
import io.afterimage.stream.Outcome;
import io.afterimage.stream.ScoringService.Batching;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One run of all measurements on this machine. */
public final class Bench {
    private static final int[] BATCHES = {8, 16, 32, 64, 128};
    private static final double ALPHA = 0.01;
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
        List<byte[]> images = Pictures.digits();
        ComputationBench computation = new ComputationBench(images, each);
        progress.accept("decoding");
        Throughput decode = computation.decode(model);
        Map<String, Double> byBatch = new LinkedHashMap<>();
        Throughput forward = new Throughput(0, 0, 0);
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
            StreamBench stream = new StreamBench(broker, directory, Pictures.digits());
            progress.accept("filling a topic with %,d images".formatted(count));
            stream.preload("soak", count);
            progress.accept("memory over %,d images".formatted(count));
            return stream.soak("soak", count, new StreamBench.Service(this::scoring, Batching.LOOK_AHEAD));
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
                Processor.machine(),
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
        return scorer(new CurrentModel<>(model, 0), metrics)::score;
    }

    static ImageScorer scorer(CurrentModel<ScoringModel> models, ScoringMetrics metrics) {
        return new ImageScorer(models, ALPHA, new ImageDecoder(ImageLimits.DEFAULT), metrics);
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

    static Map<String, Double> percentiles(Histogram micros) {
        Map<String, Double> percentiles = new LinkedHashMap<>();
        for (int p : new int[] {50, 95, 99}) {
            percentiles.put("p" + p, micros.getValueAtPercentile(p) / 1e3);
        }
        return percentiles;
    }
}
