package io.afterimage.bench;

import io.afterimage.config.ServiceSettings;
import io.afterimage.config.Setting;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.GenerativeModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.PictureModel;
import io.afterimage.model.ScoringModel;
import io.afterimage.model.Task;
import io.afterimage.stream.ImageScorer;
import io.afterimage.stream.ScoringService.Batching;
import io.afterimage.stream.ServedModels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What each task costs: its computation alone, and in the whole service beside the verdicts. */
public final class TasksBench {
    private static final String PREFIX = "tasks";
    private static final int BATCH = 32;
    private static final int COMPUTATIONS = 5;
    private static final int SERVICES = 5;
    private static final long SEED = 1;
    /** The most a picture of twice the sides of a digit can take. */
    private static final int UPSCALED_BYTES = 1 << 20;

    private final Path directory;
    private final Duration each;
    private final Consumer<String> progress;

    /**
     * @param directory for models and for the broker's and the service's data
     * @param total about how long the whole may take, warm-ups not counted
     * @param progress told what is measured next
     */
    public TasksBench(Path directory, Duration total, Consumer<String> progress) {
        this.directory = directory;
        this.each = total.dividedBy(COMPUTATIONS + SERVICES);
        this.progress = progress;
    }

    public TasksReport run() throws IOException, InterruptedException, ModelRejectedException {
        progress.accept("models of each task");
        try (ScoringModel scoring = ScoringModel.load(ModelArtifact.builtin());
                PictureModel denoising = PictureModel.load(trained(Task.DENOISE));
                PictureModel upscaling = PictureModel.load(trained(Task.SUPER_RESOLVE));
                GenerativeModel generating = GenerativeModel.load(trained(Task.GENERATE))) {
            List<byte[]> pictures = Pictures.digits();
            ComputationBench bench = new ComputationBench(pictures, each);
            progress.accept("verdicts");
            Throughput verdict = bench.forward(scoring, BATCH);
            Map<String, Throughput> computation = new LinkedHashMap<>(Map.of("verdict", verdict));
            computation.putAll(computation(bench, denoising, upscaling, generating));
            try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
                long count = (long) (verdict.imagesPerSecond()
                        * each.plus(StreamBench.MOST_WARM_UP).toSeconds());
                StreamBench stream = new StreamBench(broker, directory, pictures);
                progress.accept("filling a topic with %,d images".formatted(count));
                stream.preload(PREFIX, count);
                return new TasksReport(
                        Processor.machine(),
                        BATCH,
                        costs(computation),
                        costs(services(stream, count, scoring, denoising, upscaling)));
            }
        }
    }

    private ModelArtifact trained(Task task) throws IOException, InterruptedException, ModelRejectedException {
        return TrainedModel.of(directory.resolve(task.label()), "--task", task.label());
    }

    private Map<String, Throughput> computation(
            ComputationBench bench, PictureModel denoising, PictureModel upscaling, GenerativeModel generating) {
        Map<String, Throughput> costs = new LinkedHashMap<>();
        progress.accept("denoising");
        costs.put("denoise", bench.pictures(denoising, BATCH));
        progress.accept("enlarging");
        costs.put("super-resolve", bench.pictures(upscaling, BATCH));
        progress.accept("encoding");
        costs.put("encode", bench.encode(generating, BATCH));
        progress.accept("generating");
        costs.put("generate", bench.generate(generating, BATCH, SEED));
        return costs;
    }

    /** A service: what it gives besides verdicts, the models for it and what is published. */
    private record Service(String gives, ServedModels models, Map<Setting<?>, String> published) {}

    private Map<String, Throughput> services(
            StreamBench stream, long count, ScoringModel scoring, PictureModel denoising, PictureModel upscaling)
            throws InterruptedException {
        ServedModels verdicts = ServedModels.of(new CurrentModel<>(scoring, 0), new Challenger());
        ServedModels denoised = verdicts.withDenoising(Optional.of(new CurrentModel<>(denoising, 0)));
        Optional<CurrentModel<PictureModel>> enlarger = Optional.of(new CurrentModel<>(upscaling, 0));
        Map<Setting<?>, String> pictures = Map.of(ServiceSettings.RECONSTRUCTIONS, "all");
        Map<Setting<?>, String> vectors = Map.of(ServiceSettings.EMBEDDINGS, "all");
        Map<Setting<?>, String> both =
                Map.of(ServiceSettings.RECONSTRUCTIONS, "all", ServiceSettings.EMBEDDINGS, "all");
        Map<String, Throughput> measured = new LinkedHashMap<>();
        for (Service service : List.of(
                new Service("verdicts", verdicts, Map.of()),
                new Service("embeddings", verdicts, vectors),
                new Service("denoised pictures", denoised, pictures),
                new Service("enlarged pictures", verdicts.withUpscaling(enlarger), Map.of()),
                new Service("all of them", denoised.withUpscaling(enlarger), both))) {
            progress.accept("the whole service: " + service.gives);
            measured.put(service.gives, saturated(stream, count, service));
        }
        return measured;
    }

    private Throughput saturated(StreamBench stream, long count, Service service) throws InterruptedException {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(ServiceSettings.RECONSTRUCTIONS.property(), "none");
        properties.put(ServiceSettings.HEATMAPS.property(), "none");
        service.published.forEach((setting, value) -> properties.put(setting.property(), value));
        ServiceSettings settings = ServiceSettings.of(properties);
        return stream.saturated(
                PREFIX,
                count,
                each,
                new StreamBench.Service(
                        metrics -> ImageScorer.of(settings, service.models, UPSCALED_BYTES, metrics)::score,
                        Batching.LOOK_AHEAD));
    }

    private static Map<String, TasksReport.Cost> costs(Map<String, Throughput> measured) {
        Map<String, TasksReport.Cost> costs = new LinkedHashMap<>();
        measured.forEach((what, throughput) -> costs.put(what, TasksReport.Cost.of(throughput)));
        return costs;
    }
}
