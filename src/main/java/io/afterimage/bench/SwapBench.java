package io.afterimage.bench;

import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.stream.Outcome;
import io.afterimage.stream.ScoringService.Batching;
import io.afterimage.stream.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Latency at a steady load: undisturbed, while the model is swapped once a second, and while a process of low priority trains on
 * the same machine.
 */
public final class SwapBench {
    private static final int BATCH = 64;
    private static final String PREFIX = "swap";
    private static final Duration RATE_FOR = Duration.ofSeconds(4);
    /** The three that are told, and one that warms up. */
    private static final int PHASES = 4;

    private final Path directory;
    private final Duration total;
    private final Consumer<String> progress;

    /**
     * @param directory for the broker's and the service's data
     * @param total about how long the whole may take
     * @param progress told what is measured next
     */
    public SwapBench(Path directory, Duration total, Consumer<String> progress) {
        this.directory = directory;
        this.total = total;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param artifact of the model to measure with
     */
    public SwapReport run(ModelArtifact artifact) throws IOException, InterruptedException {
        List<byte[]> images = Pictures.digits();
        progress.accept("the recipe, for a quarter of its rate as load");
        double rate;
        try (ScoringModel model = loaded(artifact)) {
            rate = new ComputationBench(images, RATE_FOR).forward(model, BATCH).imagesPerSecond() / 4;
        }
        AtomicReference<@Nullable CurrentModel<ScoringModel>> models = new AtomicReference<>();
        AtomicReference<@Nullable Swaps> swaps = new AtomicReference<>();
        StreamBench.Service service = new StreamBench.Service(
                metrics -> {
                    CurrentModel<ScoringModel> current = new CurrentModel<>(loaded(artifact), 0);
                    models.set(current);
                    Function<List<ConsumerRecord<byte[], byte[]>>, List<Outcome>> scoring =
                            Bench.scorer(current, metrics)::score;
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
        Duration phase = total.dividedBy(PHASES);
        progress.accept("latency at %,.0f images/s: undisturbed, with swaps, while training".formatted(rate));
        try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
            StreamBench stream = new StreamBench(broker, directory, images);
            StreamBench.Load swapping = new StreamBench.Load(
                    rate, () -> swaps(broker, swaps, Objects.requireNonNull(models.get()), versions));
            List<Histogram> latencies = stream.latencies(
                    PREFIX,
                    List.of(
                            // The first is not counted: the compiler is still at work, on swaps, too.
                            swapping,
                            new StreamBench.Load(rate, () -> StreamBench.Disturbance.NONE),
                            swapping,
                            new StreamBench.Load(rate, () -> TrainingProcess.start(directory))),
                    phase,
                    service);
            return new SwapReport(
                    Processor.machine(),
                    rate,
                    Bench.percentiles(latencies.get(1)),
                    Bench.percentiles(latencies.get(2)),
                    Bench.percentiles(latencies.get(3)),
                    summary(Objects.requireNonNull(swaps.get()).millisUntilScored()));
        }
    }

    private static Swaps swaps(
            BrokerProcess broker,
            AtomicReference<@Nullable Swaps> reference,
            CurrentModel<ScoringModel> models,
            List<ModelArtifact> versions) {
        try {
            Swaps swaps = new Swaps(broker.bootstrapServers(), new Topics(PREFIX), models, versions);
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
}
