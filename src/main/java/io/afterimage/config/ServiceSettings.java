package io.afterimage.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The service's own settings; {@link #describe()} has the meaning, default and range of each. What belongs to the Kafka
 * clients is in {@link KafkaSettings}.
 *
 * @param model {@code builtin} or the directory of a model
 * @param modelPublicKeys Ed25519 keys of which one must have signed a model, empty for no such demand
 * @param challenger the version or the directory of a model that scores along, or empty
 * @param denoiseModel the directory of a model whose pictures are published as reconstructions, or empty
 * @param upscaleModel the directory of a model that doubles the resolution, or empty
 * @param generateModel the directory of a model that answers requests for new pictures, or empty
 * @param alpha the false-alarm rate asked for, in (0, 1)
 * @param metricsStreams how many streams have figures of their own, 0 for none
 * @param inferenceThreads at least 1; the configured 0 is already replaced by the number of processors
 */
public record ServiceSettings(
        String topicsPrefix,
        String applicationId,
        String model,
        String modelPublicKeys,
        String challenger,
        String denoiseModel,
        String upscaleModel,
        String generateModel,
        double alpha,
        int batchSize,
        int inferenceThreads,
        int streamThreads,
        Duration inferenceTimeout,
        int imageMaxBytes,
        int imageMaxPixels,
        PublishPolicy reconstructions,
        PublishPolicy heatmaps,
        PublishPolicy upscaled,
        int upscaleMaxPixels,
        PublishPolicy embeddings,
        EmbeddingFormat embeddingsFormat,
        String httpHost,
        int httpPort,
        int metricsStreams,
        Path stateDir) {

    private static final String POLICIES = "`all`, `anomalous`, `sampled:<rate>` with a rate in (0, 1], `none`";
    private static final String TASK_MODELS = "empty or a directory";
    private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}";
    private static final String NAMES = "letters, digits, `.`, `_`, `-`; at most 200";
    private static final int MAX_INFERENCE_THREADS = 64;

    public static final Setting<String> TOPICS_PREFIX = new Setting<>(
            "topics.prefix", "afterimage", NAMES, "What the names of all topics begin with", Parse.matching(NAME));
    public static final Setting<String> APPLICATION_ID = new Setting<>(
            "application.id",
            "afterimage",
            NAMES,
            "Consumer group and transactional id; instances with the same id share the work",
            Parse.matching(NAME));
    public static final Setting<String> MODEL = new Setting<>(
            "model",
            "builtin",
            "`builtin` or a directory",
            "The model to score with: the shipped one, or a directory that `train` wrote",
            Parse.matching(".+"));
    public static final Setting<String> MODEL_PUBLIC_KEYS = new Setting<>(
            "model.public.keys",
            "",
            "Ed25519 public keys (X.509, PEM or base64), separated by commas or white space",
            "When set, a model from the models topic is used only if one of them signed it",
            Parse.matching("(?s).*"));
    public static final Setting<String> CHALLENGER = new Setting<>(
            "challenger",
            "",
            "empty, 12 hex digits or a directory",
            "A second model that scores along without a say, by version or directory; pairs go to the topic of shadow"
                    + " scores; empty means none",
            Parse.matching(".*"));
    public static final Setting<String> DENOISE_MODEL = new Setting<>(
            "denoise.model",
            "",
            TASK_MODELS,
            "A model for `denoise`, whose pictures are published as reconstructions instead of the scoring model's; empty means"
                    + " none",
            Parse.matching(".*"));
    public static final Setting<String> UPSCALE_MODEL = new Setting<>(
            "upscale.model",
            "",
            TASK_MODELS,
            "A model for `super-resolve`, which doubles the resolution of images as they come; empty means none",
            Parse.matching(".*"));
    public static final Setting<String> GENERATE_MODEL = new Setting<>(
            "generate.model",
            "",
            TASK_MODELS,
            "A model for `generate`, which answers requests for new pictures; empty means none. All instances with one"
                    + " application id have one, or none has",
            Parse.matching(".*"));
    public static final Setting<Double> ALPHA = new Setting<>(
            "alpha",
            "0.01",
            "between 0 and 1, both excluded",
            "The false-alarm rate asked for: an image is anomalous when its p-value is at most this",
            Parse.openInterval(0, 1));
    public static final Setting<Integer> BATCH_SIZE =
            new Setting<>("batch.size", "64", "1..1024", "Most images in one forward pass", Parse.integer(1, 1024));
    public static final Setting<Integer> INFERENCE_THREADS = new Setting<>(
            "inference.threads",
            "0",
            "0..64",
            "Threads that decode and infer; 0 means one per processor",
            Parse.integer(0, MAX_INFERENCE_THREADS));
    public static final Setting<Integer> STREAM_THREADS = new Setting<>(
            "stream.threads",
            "1",
            "1..64",
            "Threads that read, forward and commit; each has its own look-ahead",
            Parse.integer(1, 64));
    public static final Setting<Duration> INFERENCE_TIMEOUT = new Setting<>(
            "inference.timeout",
            "30s",
            "100ms..2m; `500ms`, `30s`, `2m` or ISO 8601",
            "How long one batch may take before inference counts as stuck; must stay well below `max.poll.interval.ms`",
            Parse.duration(Duration.ofMillis(100), Duration.ofMinutes(2)));
    public static final Setting<Integer> IMAGE_MAX_BYTES = new Setting<>(
            "image.max.bytes",
            "8388608",
            "1024..268435456",
            "An encoded image with more bytes becomes a dead letter",
            Parse.integer(1024, 256 << 20));
    public static final Setting<Integer> IMAGE_MAX_PIXELS = new Setting<>(
            "image.max.pixels",
            "40000000",
            "256..500000000",
            "An image whose header announces more pixels becomes a dead letter before anything is decoded",
            Parse.integer(256, 500_000_000));
    public static final Setting<PublishPolicy> RECONSTRUCTIONS = new Setting<>(
            "reconstructions",
            "anomalous",
            POLICIES,
            "For which images the denoised picture is published",
            PublishPolicy::parse);
    public static final Setting<PublishPolicy> HEATMAPS = new Setting<>(
            "heatmaps",
            "anomalous",
            POLICIES,
            "For which images the picture of the residual is published",
            PublishPolicy::parse);
    public static final Setting<PublishPolicy> UPSCALED = new Setting<>(
            "upscaled",
            "all",
            POLICIES,
            "With `afterimage.upscale.model`: for which images the picture of twice the height and width is published",
            PublishPolicy::parse);
    public static final Setting<Integer> UPSCALE_MAX_PIXELS = new Setting<>(
            "upscale.max.pixels",
            "262144",
            "256..4194304",
            "An image with more pixels is scored and not enlarged: enlarging one must take well below ten seconds",
            Parse.integer(256, 4 << 20));
    public static final Setting<PublishPolicy> EMBEDDINGS = new Setting<>(
            "embeddings", "none", POLICIES, "For which images the latent vector is published", PublishPolicy::parse);
    public static final Setting<EmbeddingFormat> EMBEDDINGS_FORMAT = new Setting<>(
            "embeddings.format",
            "json",
            "`json`, `binary`",
            "Latent vectors with all about them as JSON, or their values alone as little-endian float32 and the rest in headers",
            EmbeddingFormat::parse);
    public static final Setting<String> HTTP_HOST = new Setting<>(
            "http.host",
            "0.0.0.0",
            "a host name or address of this machine",
            "Where metrics and health are served; all interfaces, because scrapers and probes come from other machines"
                    + " and the pages show neither images nor secrets",
            Parse.matching("[a-zA-Z0-9.:%_-]+"));
    public static final Setting<Integer> HTTP_PORT = new Setting<>(
            "http.port",
            "8080",
            "0..65535",
            "Port of metrics and health; 0 takes any free one",
            Parse.integer(0, 65535));
    public static final Setting<Integer> METRICS_STREAMS = new Setting<>(
            "metrics.streams",
            "100",
            "0..10000",
            "How many streams of an instance have figures of their own among its metrics, five series each; the others are"
                    + " counted together",
            Parse.integer(0, 10_000));
    public static final Setting<Path> STATE_DIR = new Setting<>(
            "state.dir",
            "",
            "a directory",
            "Where state stores are kept; empty means `afterimage` in the system's temporary directory",
            ServiceSettings::stateDir);

    private static final List<Setting<?>> ALL = List.of(
            TOPICS_PREFIX,
            APPLICATION_ID,
            MODEL,
            MODEL_PUBLIC_KEYS,
            CHALLENGER,
            DENOISE_MODEL,
            UPSCALE_MODEL,
            GENERATE_MODEL,
            ALPHA,
            BATCH_SIZE,
            INFERENCE_THREADS,
            STREAM_THREADS,
            INFERENCE_TIMEOUT,
            IMAGE_MAX_BYTES,
            IMAGE_MAX_PIXELS,
            RECONSTRUCTIONS,
            HEATMAPS,
            UPSCALED,
            UPSCALE_MAX_PIXELS,
            EMBEDDINGS,
            EMBEDDINGS_FORMAT,
            HTTP_HOST,
            HTTP_PORT,
            METRICS_STREAMS,
            STATE_DIR);

    /** Every setting, in the order of the documentation. */
    public static List<Setting<?>> describe() {
        return ALL;
    }

    /** The settings as a Markdown table, as the README shows it. */
    public static String markdownTable() {
        return Setting.markdownTable(ALL);
    }

    /**
     * Reads the settings that are given and takes the default for the others.
     *
     * @param values text by {@linkplain Setting#property() property}
     * @throws ConfigurationException for unknown keys and values that are not allowed, all of them
     */
    public static ServiceSettings of(Map<String, String> values) {
        var mistakes = new Mistakes();
        ServiceSettings settings = read(values, mistakes);
        mistakes.throwIfAny();
        return settings;
    }

    static ServiceSettings read(Map<String, String> values, Mistakes mistakes) {
        var reading = new SettingsReading(ALL, values, mistakes);
        int threads = reading.value(INFERENCE_THREADS);
        return new ServiceSettings(
                reading.value(TOPICS_PREFIX),
                reading.value(APPLICATION_ID),
                reading.value(MODEL),
                reading.value(MODEL_PUBLIC_KEYS),
                reading.value(CHALLENGER),
                reading.value(DENOISE_MODEL),
                reading.value(UPSCALE_MODEL),
                reading.value(GENERATE_MODEL),
                reading.value(ALPHA),
                reading.value(BATCH_SIZE),
                threads > 0 ? threads : Math.min(Runtime.getRuntime().availableProcessors(), MAX_INFERENCE_THREADS),
                reading.value(STREAM_THREADS),
                reading.value(INFERENCE_TIMEOUT),
                reading.value(IMAGE_MAX_BYTES),
                reading.value(IMAGE_MAX_PIXELS),
                reading.value(RECONSTRUCTIONS),
                reading.value(HEATMAPS),
                reading.value(UPSCALED),
                reading.value(UPSCALE_MAX_PIXELS),
                reading.value(EMBEDDINGS),
                reading.value(EMBEDDINGS_FORMAT),
                reading.value(HTTP_HOST),
                reading.value(HTTP_PORT),
                reading.value(METRICS_STREAMS),
                reading.value(STATE_DIR));
    }

    private static Path stateDir(String text) {
        return text.isEmpty() ? Path.of(System.getProperty("java.io.tmpdir"), "afterimage") : Path.of(text);
    }
}
