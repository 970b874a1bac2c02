package io.afterimage.cli;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.LabelledImage;
import io.afterimage.metrics.OperatorMeters;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ScoringModel;
import io.afterimage.stream.ImageScorer;
import io.afterimage.stream.Outcome;
import io.afterimage.wire.CloudEventHeaders;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Scores a set of images without Kafka. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Scores images without Kafka: one line of JSON each, the same numbers the stream gives.",
            "An image that cannot be read gets a line with a reason instead of a score."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage score --images ./pictures --model ./models/parts",
            "  afterimage score --images builtin:fashion | jq -c '[.id, .pValue, .verdict]'"
        })
final class ScoreCommand implements Callable<Integer> {
    private static final int BATCH = 32;
    private static final JsonMapper JSON = JsonMapper.shared();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(
            names = "--images",
            required = true,
            paramLabel = "IMAGES",
            description = "Images to score: " + ImageSet.KINDS + ".")
    private String images = "";

    @Option(
            names = "--model",
            defaultValue = Models.BUILTIN,
            description = "Folder of a model, or builtin. Default: ${DEFAULT-VALUE}")
    private String model = Models.BUILTIN;

    @Option(
            names = "--alpha",
            defaultValue = "0.01",
            description = "The false-alarm rate asked for. Default: ${DEFAULT-VALUE}")
    private double alpha;

    @Option(names = "--limit", description = "Score at most this many images.")
    private @Nullable Integer limit;

    @Override
    public Integer call() throws ImageSetException {
        Logging.ERROR.useByDefault();
        PrintWriter out = spec.commandLine().getOut();
        if (!(alpha > 0 && alpha < 1)) {
            throw new ParameterException(spec.commandLine(), "--alpha must lie between 0 and 1, not be " + alpha);
        }
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit must be at least 1, not " + limit);
        }
        try (CurrentModel<ScoringModel> loaded = loaded();
                OperatorMeters meters = new OperatorMeters();
                ImageSet set = ImageSet.open(images)) {
            ImageScorer scorer = new ImageScorer(
                    loaded, alpha, new ImageDecoder(ImageLimits.DEFAULT), new ScoringMetrics(meters.registry(), alpha));
            List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
            int position = 0;
            for (LabelledImage image : set) {
                if (limit != null && position == limit) {
                    break;
                }
                batch.add(event(image, set.name(), position++));
                if (batch.size() == BATCH) {
                    print(out, scorer, batch);
                }
            }
            print(out, scorer, batch);
        }
        return Main.OK;
    }

    private CurrentModel<ScoringModel> loaded() {
        ScoringModel loaded = Models.load(model);
        try {
            loaded.calibration().requireSupports(alpha);
            return new CurrentModel<>(loaded, 0);
        } catch (IllegalArgumentException e) {
            loaded.close();
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** The image as the event it would be on Kafka: the set is its topic, its position the offset. */
    private static ConsumerRecord<byte[], byte[]> event(LabelledImage image, String set, int position) {
        ConsumerRecord<byte[], byte[]> event = new ConsumerRecord<>(set, 0, position, null, image.encoded());
        event.headers().add(CloudEventHeaders.ID, image.name().getBytes(StandardCharsets.UTF_8));
        return event;
    }

    private static void print(PrintWriter out, ImageScorer scorer, List<ConsumerRecord<byte[], byte[]>> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<Outcome> outcomes = scorer.score(batch);
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Scored scored) {
                out.println(new String(scored.json(), StandardCharsets.UTF_8));
            } else if (outcome instanceof Outcome.Rejected rejected) {
                Map<String, String> line = new LinkedHashMap<>();
                line.put(
                        "id",
                        new String(
                                batch.get(i)
                                        .headers()
                                        .lastHeader(CloudEventHeaders.ID)
                                        .value(),
                                StandardCharsets.UTF_8));
                line.put("reason", rejected.reason().label());
                line.put("message", rejected.message());
                out.println(JSON.writeValueAsString(line));
            }
        }
        batch.clear();
    }
}
