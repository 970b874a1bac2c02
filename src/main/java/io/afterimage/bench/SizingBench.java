package io.afterimage.bench;

import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.stream.ScoringService.Batching;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** What a service needs for pictures of a size: the whole service, saturated, with a model for them. */
public final class SizingBench {
    private static final String PREFIX = "sizing";
    private static final int SHIPPED_SIDE = 28;
    private static final int BATCH = 32;
    private static final Duration RATE_FOR = Duration.ofSeconds(3);
    /** On the broker's disk. */
    private static final long MOST_BYTES = 2L << 30;

    private final Path directory;
    private final Duration each;
    private final Consumer<String> progress;

    /**
     * @param directory for the broker's and the service's data
     * @param each how long to measure after the warm-up
     * @param progress told what is measured next
     */
    public SizingBench(Path directory, Duration each, Consumer<String> progress) {
        this.directory = directory;
        this.each = each;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param side rows and columns of the pictures
     * @param input rows and columns the model takes; pictures are scaled to it
     */
    public SizingReport run(int side, int input) throws IOException, InterruptedException, ModelRejectedException {
        List<byte[]> pictures = Pictures.enlarged(side);
        long bytes = pictures.stream().mapToInt(picture -> picture.length).sum() / pictures.size();
        progress.accept("a model that takes %1$d x %1$d".formatted(input));
        try (ScoringModel model = ScoringModel.load(model(input))) {
            progress.accept("the recipe");
            ComputationBench computation = new ComputationBench(pictures, RATE_FOR);
            double most = computation.forward(model, BATCH).imagesPerSecond();
            long count = (long) Math.min(
                    MOST_BYTES / (double) bytes,
                    most * each.plus(StreamBench.MOST_WARM_UP).toSeconds());
            try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
                StreamBench stream = new StreamBench(broker, directory, pictures);
                progress.accept("filling a topic with %,d images".formatted(count));
                stream.preload(PREFIX, count);
                progress.accept("the whole service");
                Throughput service = stream.saturated(
                        PREFIX,
                        count,
                        each,
                        new StreamBench.Service(
                                metrics -> Bench.scorer(new CurrentModel<>(model, 0), metrics)::score,
                                Batching.LOOK_AHEAD));
                OptionalLong peak = Processor.peakMiB();
                return new SizingReport(
                        Processor.machine(),
                        side,
                        bytes,
                        input,
                        service.imagesPerSecond(),
                        (service.cpuMicros() - service.brokerMicros()) / 1e3,
                        service.brokerMicros() / 1e3,
                        Runtime.getRuntime().maxMemory() >> 20,
                        peak.isPresent() ? peak.getAsLong() : null);
            }
        }
    }

    private ModelArtifact model(int input) throws IOException, InterruptedException, ModelRejectedException {
        if (input == SHIPPED_SIDE) {
            return ModelArtifact.builtin();
        }
        return TrainedModel.of(directory.resolve("model"), "--shape", "1x%1$dx%1$d".formatted(input));
    }
}
