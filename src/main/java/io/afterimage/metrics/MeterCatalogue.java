package io.afterimage.metrics;

import io.afterimage.metrics.OwnMeter.Kind;
import java.util.List;

/** The service's own meters: {@link ScoringMetrics} registers exactly these, and the documentation lists them. */
public final class MeterCatalogue {
    static final OwnMeter IMAGES_SCORED = counter(
            "images.scored",
            List.of("verdict"),
            "Images scored, by verdict",
            "no increase while images arrive: the service is stuck");
    static final OwnMeter DEAD_LETTERS = counter(
            "dead.letters",
            List.of("reason"),
            "Images that could not be scored, and requests that could not be answered, by reason",
            "a rising share: a producer changed its format, or a model cannot read its images");
    static final OwnMeter ALARM_RATE = gauge(
            "alarm.rate",
            List.of(),
            "Share of anomalous images among the last " + ScoringMetrics.WINDOW
                    + " this process scored with the model in use; NaN before the first",
            "far above `afterimage_alpha` for long: either something is wrong out there, or the world has changed"
                    + " and the model needs training");
    static final OwnMeter ALPHA =
            gauge("alpha", List.of(), "The false-alarm rate asked for, to compare the alarm rate with", "");
    static final OwnMeter ALARM_RATE_LOWEST = gauge(
            "alarm.rate.lowest",
            List.of(),
            "Lowest alarm rate to be expected of as many normal images, given alpha and the size of the calibration sample; a right"
                    + " calibration is outside of lowest and highest once in 10000 times",
            "`afterimage_alarm_rate` below it: the images differ less than those of the calibration");
    static final OwnMeter ALARM_RATE_HIGHEST = gauge(
            "alarm.rate.highest",
            List.of(),
            "Highest alarm rate to be expected, likewise",
            "`afterimage_alarm_rate` above it: more anomalies than chance explains");
    static final OwnMeter SCORE = new OwnMeter(
            "afterimage.score",
            Kind.REAL_HISTOGRAM,
            List.of(),
            "",
            List.of(-10.0, -5.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 40.0, 80.0, 200.0),
            "Fused scores, in standard deviations; higher is more anomalous",
            "a median that drifts away from 0: images no longer look like those the model was trained on");
    static final OwnMeter SIGNIFICANCE = new OwnMeter(
            "afterimage.significance",
            Kind.REAL_HISTOGRAM,
            List.of(),
            "",
            List.of(0.1, 0.3, 0.5, 1.0, 1.3, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0),
            "Minus the decimal logarithm of the p-value: of normal images, a share of 10^-x lies above x",
            "shares that do not fit: the calibration no longer holds");
    static final OwnMeter END_TO_END = timer(
            "end.to.end",
            List.of(0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
            "From the time of an image to its score",
            "a high quantile above what verdicts are good for: add instances or threads");
    static final OwnMeter DECODE = timer(
            "decode",
            List.of(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0),
            "Decoding of one batch",
            "");
    static final OwnMeter INFERENCE = timer(
            "inference",
            List.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0),
            "All forward passes of one batch",
            "near `afterimage.inference.timeout`: the processors are overcommitted");
    static final OwnMeter BATCH_SIZE = summary(
            "batch.size",
            "",
            List.of(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0),
            "Images in one forward pass",
            "mostly 1 under load: batching does not work");
    static final OwnMeter IMAGE_BYTES = summary(
            "image",
            "bytes",
            List.of(1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0, 8388608.0),
            "Size of encoded images",
            "");
    static final OwnMeter LOOKAHEAD_RESULTS = counter(
            "lookahead.results",
            List.of("outcome"),
            "How records found their result: `hit` computed ahead in a batch, `miss` computed alone, `failure` computed"
                    + " alone after its batch had failed",
            "misses under steady load: the look-ahead does not see what is processed; failures: see the log");
    static final OwnMeter LOOKAHEAD_DEPTH =
            gauge("lookahead.depth", List.of(), "Images fetched and not yet forwarded", "");
    static final OwnMeter MODEL_INFO = gauge(
            "model.info",
            List.of("name", "version"),
            "Always 1; the tags name the model in use",
            "instances that disagree for long after a swap");

    static final OwnMeter MODEL_CREATED = gauge(
            "model.created.seconds",
            List.of(),
            "When the model in use was trained, seconds since 1970",
            "long ago, while the retrainer has not come to an end either: the model is not kept fresh");
    static final OwnMeter MODEL_SWAPS =
            counter("model.swaps", List.of(), "How often another model took over while the service ran", "");
    static final OwnMeter MODEL_REJECTIONS = counter(
            "model.rejections",
            List.of(),
            "Models that were made current or challenger and could not be used; the current one stayed as it was",
            "any: the log and the topic of model events say why");

    static final OwnMeter MODELS_TOPIC_AWAY = gauge(
            "models.topic.away.seconds",
            List.of(),
            "For how long the models topic has not answered, 0 while it does; the model in use scores on",
            "above 0 for minutes: what is published is not taken, and no instance can start");

    static final OwnMeter CHALLENGER_FAILURES = counter(
            "challenger.failures",
            List.of(),
            "Images the challenger could not score; the champion's verdicts do not depend on it",
            "any: the log says why, and `models compare` lacks these images");

    static final OwnMeter TASK_MODEL_INFO = gauge(
            "task.model.info",
            List.of("task", "name", "version"),
            "Always 1; the labels name the models in use, by task: `reconstruct` gives the verdicts",
            "two versions of a task among instances for long: one of them cannot take the newer");
    static final OwnMeter TASK_PICTURES = counter(
            "task.pictures",
            List.of("task"),
            "Pictures made by models for `denoise`, `super-resolve` and `generate`",
            "");
    static final OwnMeter TASK_FAILURES = counter(
            "task.failures",
            List.of("task"),
            "Pictures wanted and not made: the model failed, the image has more pixels than `afterimage.upscale.max.pixels`, or the"
                    + " picture more bytes than its topic takes; and requests that were refused. Verdicts do not depend on it",
            "any: the log says why");

    static final OwnMeter LAG = gauge(
            "lag.images",
            List.of("topic", "partition"),
            "Images of a partition that wait to be scored, as the broker counts them; the same on every instance, absent while the"
                    + " broker does not answer",
            "growing: add instances or threads, or find out why nothing is scored");
    static final OwnMeter STREAM_IMAGES = counter(
            "stream.images",
            List.of("stream", "outcome"),
            "Images of a stream by outcome: `normal`, `anomalous`, `dead-letter`; streams beyond"
                    + " `afterimage.metrics.streams` together as `(others)`",
            "one stream far from the others: its camera, its light or its product");
    static final OwnMeter STREAM_SCORE = gauge(
            "stream.score",
            List.of("stream"),
            "Mean score of about the last 100 images of a stream",
            "drifts away from 0 on one stream alone");
    static final OwnMeter STREAM_LAST = gauge(
            "stream.last.image.seconds",
            List.of("stream"),
            "When the last image of a stream was scored or refused, seconds since 1970",
            "long ago: the stream has gone silent");

    private static final List<OwnMeter> ALL = List.of(
            IMAGES_SCORED,
            DEAD_LETTERS,
            ALARM_RATE,
            ALPHA,
            ALARM_RATE_LOWEST,
            ALARM_RATE_HIGHEST,
            SCORE,
            SIGNIFICANCE,
            END_TO_END,
            DECODE,
            INFERENCE,
            BATCH_SIZE,
            IMAGE_BYTES,
            LOOKAHEAD_RESULTS,
            LOOKAHEAD_DEPTH,
            MODEL_INFO,
            MODEL_CREATED,
            MODEL_SWAPS,
            MODEL_REJECTIONS,
            MODELS_TOPIC_AWAY,
            CHALLENGER_FAILURES,
            TASK_MODEL_INFO,
            TASK_PICTURES,
            TASK_FAILURES,
            LAG,
            STREAM_IMAGES,
            STREAM_SCORE,
            STREAM_LAST);

    static final OwnMeter WINDOW_IMAGES =
            gauge("retrain.window.images", List.of(), "Images kept to learn from", "few after hours: nothing arrives");
    static final OwnMeter WINDOW_BYTES = gauge("retrain.window.bytes", List.of(), "Memory these images take", "");
    static final OwnMeter TRIGGERS = counter(
            "retrain.triggers",
            List.of("trigger"),
            "Why trainings began: `period`, `images`, `drift`, `request`",
            "`drift` again and again: the stream is not what the model can learn");
    static final OwnMeter ROUNDS = counter(
            "retrain.rounds",
            List.of("outcome"),
            "How trainings ended: `promoted`, `refused` by the gate, `held` for an operator to confirm, `burst` of defects that is"
                    + " not learned, `failed`",
            "`failed`: see the log; `refused` again and again: the window is bad or the model cannot learn it");
    static final OwnMeter DRIFTS = counter(
            "retrain.drifts",
            List.of("kind"),
            "Drift that was seen: `alarm-rate` off its interval, `scores` of normal images moved",
            "any: what was made of it is on the topic of model events");
    static final OwnMeter PROGRESS =
            gauge("retrain.progress", List.of(), "Share of the training under way that is done; 0 when none is", "");
    static final OwnMeter TRIMMED = gauge(
            "retrain.trimmed.share",
            List.of(),
            "Share of the last training part that was left out as possibly anomalous",
            "far above `afterimage.retrain.trim`: many defects in the window");
    static final OwnMeter LAST_TRAINED = gauge(
            "retrain.last.end.seconds",
            List.of(),
            "When the last training ended, seconds since 1970; 0 before the first",
            "long ago: the model is not kept fresh");

    private static final List<OwnMeter> RETRAIN =
            List.of(WINDOW_IMAGES, WINDOW_BYTES, DRIFTS, TRIGGERS, ROUNDS, PROGRESS, TRIMMED, LAST_TRAINED);

    static final OwnMeter BUILD = gauge(
            "build.info",
            List.of("part", "version"),
            "Always 1; the labels say what runs: `scoring` or `retrainer`, and its version",
            "versions that differ for long after an upgrade");
    static final OwnMeter RESIDENT = new OwnMeter(
            "process.resident.memory",
            Kind.GAUGE,
            List.of(),
            "bytes",
            List.of(),
            "Memory the process takes, with what is outside of the Java heap; NaN where the system does not tell",
            "near the limit: the process will be killed");
    static final OwnMeter MEMORY_LIMIT = new OwnMeter(
            "process.memory.limit",
            Kind.GAUGE,
            List.of(),
            "bytes",
            List.of(),
            "Memory the container may take, or the machine has",
            "");
    private static final List<OwnMeter> PROCESS = List.of(BUILD, RESIDENT, MEMORY_LIMIT);

    private MeterCatalogue() {}

    /** Every own meter of the retrainer. */
    public static List<OwnMeter> retrain() {
        return RETRAIN;
    }

    /** Of the process, whatever it does. */
    public static List<OwnMeter> process() {
        return PROCESS;
    }

    /** Every own meter, the most important first. */
    public static List<OwnMeter> all() {
        return ALL;
    }

    /** Meters as a Markdown table, as the README shows them. */
    public static String markdownTable(List<OwnMeter> meters) {
        var table = new StringBuilder("| metric | type | labels | meaning | look when |\n|---|---|---|---|---|\n");
        for (OwnMeter meter : meters) {
            String labels = String.join(
                    ", ", meter.tags().stream().map(tag -> "`" + tag + "`").toList());
            table.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(meter.prometheusName(), meter.prometheusType(), labels, meter.meaning(), meter.alert()));
        }
        return table.toString();
    }

    private static OwnMeter counter(String name, List<String> tags, String meaning, String alert) {
        return new OwnMeter("afterimage." + name, Kind.COUNTER, tags, "", List.of(), meaning, alert);
    }

    private static OwnMeter gauge(String name, List<String> tags, String meaning, String alert) {
        return new OwnMeter("afterimage." + name, Kind.GAUGE, tags, "", List.of(), meaning, alert);
    }

    private static OwnMeter timer(String name, List<Double> buckets, String meaning, String alert) {
        return new OwnMeter("afterimage." + name, Kind.TIMER, List.of(), "", buckets, meaning, alert);
    }

    private static OwnMeter summary(String name, String unit, List<Double> buckets, String meaning, String alert) {
        return new OwnMeter("afterimage." + name, Kind.SUMMARY, List.of(), unit, buckets, meaning, alert);
    }
}
