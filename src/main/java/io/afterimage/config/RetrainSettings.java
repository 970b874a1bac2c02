package io.afterimage.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Settings of the retrainer; {@link #describe()} has the meaning, default and range of each. Topics, alpha and limits of images
 * are those of {@link ServiceSettings}, so that both processes can share one configuration.
 *
 * @param period at the latest so long after the last training another one begins
 * @param images new images after which a training begins; 0 for never
 * @param drift whether a drift of the scores begins a training
 * @param confirm whether an operator must confirm a new normal before it is learned
 * @param trim share of the window with the highest scores that is not trained on, in [0, 0.5)
 * @param golden an image set that every candidate must do well on, empty for none
 */
public record RetrainSettings(
        Duration period,
        int images,
        boolean drift,
        boolean confirm,
        int windowImages,
        long windowBytes,
        Duration windowAge,
        int leastImages,
        double trim,
        int epochs,
        Duration timeLimit,
        double falseTriggersPerMillion,
        int block,
        double shiftShare,
        int shiftBlocks,
        Duration shiftDuration,
        String signingKey,
        String golden,
        int keep,
        int httpPort) {

    static final String PROPERTY_PREFIX = "afterimage.retrain.";

    public static final Setting<Duration> PERIOD = new Setting<>(
            "retrain.period",
            "24h",
            "1m..8760h",
            "A training begins at the latest so long after the last one",
            Parse.duration(Duration.ofMinutes(1), Duration.ofDays(365)));
    public static final Setting<Integer> IMAGES = new Setting<>(
            "retrain.images",
            "0",
            "0..1000000000",
            "A training begins after so many new images; 0 for never",
            Parse.integer(0, 1_000_000_000));
    public static final Setting<Boolean> DRIFT = new Setting<>(
            "retrain.drift",
            "true",
            "`true`, `false`",
            "A training begins when the scores drift",
            RetrainSettings::yes);
    public static final Setting<Boolean> CONFIRM = new Setting<>(
            "retrain.confirm",
            "false",
            "`true`, `false`",
            "A new normal is learned only after an operator has confirmed it",
            RetrainSettings::yes);
    public static final Setting<Integer> WINDOW_IMAGES = new Setting<>(
            "retrain.window.images",
            "4000",
            "200..1000000",
            "Most images kept to learn from, over all streams",
            Parse.integer(200, 1_000_000));
    public static final Setting<Integer> WINDOW_MIB = new Setting<>(
            "retrain.window.mib", "256", "1..65536", "Most MiB of encoded images kept", Parse.integer(1, 65_536));
    public static final Setting<Duration> WINDOW_AGE = new Setting<>(
            "retrain.window.age",
            "24h",
            "1s..8760h",
            "After a start the window is filled again with images that arrived within this time",
            Parse.duration(Duration.ofSeconds(1), Duration.ofDays(365)));
    public static final Setting<Integer> LEAST_IMAGES = new Setting<>(
            "retrain.least.images",
            "1000",
            "200..1000000",
            "No training begins with fewer images in the window",
            Parse.integer(200, 1_000_000));
    public static final Setting<Double> TRIM = new Setting<>(
            "retrain.trim",
            "0.1",
            "between 0 and 0.5, both excluded",
            "Share of the window with the highest scores that is not trained on, so that defects are not learned",
            Parse.openInterval(0, 0.5));
    public static final Setting<Integer> EPOCHS = new Setting<>(
            "retrain.epochs",
            "45",
            "1..10000",
            "Rounds through the images for a model trained from scratch; a warm start" + " takes fewer",
            Parse.integer(1, 10_000));
    public static final Setting<Duration> TIME_LIMIT = new Setting<>(
            "retrain.time.limit",
            "30m",
            "10s..24h",
            "A training that takes longer is given up",
            Parse.duration(Duration.ofSeconds(10), Duration.ofHours(24)));
    public static final Setting<Double> FALSE_TRIGGERS = new Setting<>(
            "retrain.false.triggers",
            "1",
            "between 0 and 1000, both excluded",
            "How often drift may be seen in a million images of a stream that does not change",
            Parse.openInterval(0, 1000));
    public static final Setting<Integer> BLOCK = new Setting<>(
            "retrain.block",
            "1000",
            "100..100000",
            "Verdicts that are tested for drift at once; a drift is seen within two blocks",
            Parse.integer(100, 100_000));
    public static final Setting<Double> SHIFT_SHARE = new Setting<>(
            "retrain.shift.share",
            "0.5",
            "between 0 and 1, both excluded",
            "Share of a stream that must be anomalous before it can be a new normal; less is a burst of defects",
            Parse.openInterval(0, 1));
    public static final Setting<Integer> SHIFT_BLOCKS = new Setting<>(
            "retrain.shift.blocks",
            "3",
            "1..1000",
            "Blocks in a row (of a quarter of `retrain.block` images of the stream) in which it must be so",
            Parse.integer(1, 1000));
    public static final Setting<Duration> SHIFT_DURATION = new Setting<>(
            "retrain.shift.duration",
            "1m",
            "0s..24h",
            "How long it must be so, by the images' timestamps",
            Parse.duration(Duration.ZERO, Duration.ofHours(24)));
    public static final Setting<String> SIGNING_KEY = new Setting<>(
            "retrain.signing.key",
            "",
            "a PEM file (PKCS #8)",
            "Ed25519 private key that published models are signed with; empty for none",
            Parse.matching(".*"));
    public static final Setting<String> GOLDEN = new Setting<>(
            "retrain.golden",
            "",
            "an image set: a folder, zip, idx file or `builtin:...`",
            "Images that every candidate must do well on, besides recent ones: normal ones, and under the label `anomalous`"
                    + " others; empty for none",
            Parse.matching(".*"));
    public static final Setting<Integer> HTTP_PORT = new Setting<>(
            "retrain.http.port",
            "8081",
            "0..65535",
            "Port of the retrainer's metrics and health; 0 takes any free one",
            Parse.integer(0, 65535));
    public static final Setting<Integer> KEEP = new Setting<>(
            "retrain.keep",
            "5",
            "1..21",
            "Versions kept on the models topic, with the current one",
            Parse.integer(1, 21));

    private static final List<Setting<?>> ALL = List.of(
            PERIOD,
            IMAGES,
            DRIFT,
            CONFIRM,
            WINDOW_IMAGES,
            WINDOW_MIB,
            WINDOW_AGE,
            LEAST_IMAGES,
            TRIM,
            EPOCHS,
            TIME_LIMIT,
            FALSE_TRIGGERS,
            BLOCK,
            SHIFT_SHARE,
            SHIFT_BLOCKS,
            SHIFT_DURATION,
            SIGNING_KEY,
            GOLDEN,
            KEEP,
            HTTP_PORT);

    /** Every setting, in the order of the documentation. */
    public static List<Setting<?>> describe() {
        return ALL;
    }

    /** The settings as a Markdown table, as the README shows it. */
    public static String markdownTable() {
        return Setting.markdownTable(ALL);
    }

    /** All defaults. */
    public static RetrainSettings defaults() {
        return read(Map.of(), new Mistakes());
    }

    static RetrainSettings read(Map<String, String> values, Mistakes mistakes) {
        var reading = new SettingsReading(ALL, values, mistakes);
        return new RetrainSettings(
                reading.value(PERIOD),
                reading.value(IMAGES),
                reading.value(DRIFT),
                reading.value(CONFIRM),
                reading.value(WINDOW_IMAGES),
                (long) reading.value(WINDOW_MIB) << 20,
                reading.value(WINDOW_AGE),
                reading.value(LEAST_IMAGES),
                reading.value(TRIM),
                reading.value(EPOCHS),
                reading.value(TIME_LIMIT),
                reading.value(FALSE_TRIGGERS),
                reading.value(BLOCK),
                reading.value(SHIFT_SHARE),
                reading.value(SHIFT_BLOCKS),
                reading.value(SHIFT_DURATION),
                reading.value(SIGNING_KEY),
                reading.value(GOLDEN),
                reading.value(KEEP),
                reading.value(HTTP_PORT));
    }

    private static boolean yes(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("not allowed");
        };
    }
}
