package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.score.Estimate;
import io.afterimage.score.ShadowComparison;
import io.afterimage.score.ShadowComparison.Opinion;
import io.afterimage.score.ShadowComparison.Pair;
import io.afterimage.score.ShadowComparison.Summary;
import io.afterimage.wire.ShadowScoreEvent;
import io.afterimage.wire.ShadowScoreEvent.ModelScore;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Compares two models on the images both have scored. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Compares two models on the images that both have scored, one as champion, one as challenger: alarms that B",
            "adds and removes, with examples. Intervals hold with 95 % for images that are independent of each other."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage models compare a59da8972f18 0c17f2e6b9d4",
            "  afterimage models compare a59da8972f18 0c17f2e6b9d4 --since 2h --json | jq .alarms"
        })
final class CompareCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MOST_KEPT = 100_000;
    private static final int MOST_OTHERS_NAMED = 5;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Parameters(index = "0", paramLabel = "A", description = "Version of the model to compare with.")
    private String a = "";

    @Parameters(index = "1", paramLabel = "B", description = "Version of the model in question.")
    private String b = "";

    @Option(
            names = "--last",
            paramLabel = "N",
            description = "Only the N images of both that were taken last; at most " + MOST_KEPT + ".")
    private @Nullable Integer last;

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            converter = Ago.class,
            description = "Only images at most this old: 90s, 30m, 2h, 7d or ISO 8601.")
    private @Nullable Duration since;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /** The image of a pair, and when it was taken in milliseconds. */
    private record Timed(Pair pair, long time) {}

    /** The last images so far, the oldest at the head, for {@code --last}. */
    private final PriorityQueue<Timed> latest = new PriorityQueue<>(Comparator.comparingLong(Timed::time)
            .thenComparingLong(timed -> timed.pair().offset()));

    private final ShadowComparison comparison = new ShadowComparison();
    private final Set<String> others = new TreeSet<>();

    /** What is printed as JSON; {@code alarms.difference} is B's alarm rate minus A's. */
    private record Report(
            String a,
            String b,
            long images,
            Alarms alarms,
            Estimate pValueDifference,
            List<Pair> added,
            List<Pair> removed,
            long unreadable) {}

    private record Alarms(long a, long b, long added, long removed, Estimate difference, double significance) {}

    @Override
    public Integer call() {
        Logging.ERROR.useByDefault();
        requireUsable();
        Configuration configuration = kafka.load();
        long unreadable;
        try (ShadowScoreReader reader = new ShadowScoreReader(
                configuration.kafka().forConsumer(),
                KafkaOptions.topics(configuration).shadowScores())) {
            unreadable = reader.read(begin(), this::take);
        }
        latest.forEach(timed -> comparison.add(timed.pair()));
        Summary summary = comparison.summary();
        if (summary.images() == 0) {
            throw new CommandFailedException(nothing());
        }
        Report report = report(summary, unreadable);
        if (json) {
            spec.commandLine().getOut().println(JSON.writeValueAsString(report));
        } else {
            print(spec.commandLine().getOut(), report);
        }
        return Main.OK;
    }

    private Instant begin() {
        if (since == null) {
            return Instant.EPOCH;
        }
        Instant begin = Instant.now().minus(since);
        return begin.isBefore(Instant.EPOCH) ? Instant.EPOCH : begin;
    }

    private void requireUsable() {
        for (String version : List.of(a, b)) {
            if (!Models.isVersion(version)) {
                throw new ParameterException(spec.commandLine(), "A version is 12 hex digits, not '" + version + "'");
            }
        }
        if (a.equals(b)) {
            throw new ParameterException(spec.commandLine(), "A and B are the same model");
        }
        if (since != null && (since.isZero() || since.isNegative())) {
            throw new ParameterException(spec.commandLine(), "--since must be longer than nothing, not " + since);
        }
        if (last != null && (last < 1 || last > MOST_KEPT)) {
            throw new ParameterException(spec.commandLine(), "--last must be within 1.." + MOST_KEPT + ", not " + last);
        }
    }

    private void take(ShadowScoreEvent event, long time) {
        Optional<Pair> pair = pair(event);
        if (pair.isEmpty()) {
            if (others.size() < MOST_OTHERS_NAMED) {
                others.add(event.champion().version() + " and "
                        + event.challenger().version());
            }
        } else if (last == null) {
            comparison.add(pair.get());
        } else {
            latest.add(new Timed(pair.get(), time));
            if (latest.size() > last) {
                latest.remove();
            }
        }
    }

    /** Whichever of the two was champion; empty for other models. */
    private Optional<Pair> pair(ShadowScoreEvent event) {
        ModelScore champion = event.champion();
        ModelScore challenger = event.challenger();
        if (champion.version().equals(a) && challenger.version().equals(b)) {
            return Optional.of(pair(event, champion, challenger));
        }
        if (champion.version().equals(b) && challenger.version().equals(a)) {
            return Optional.of(pair(event, challenger, champion));
        }
        return Optional.empty();
    }

    private static Pair pair(ShadowScoreEvent event, ModelScore first, ModelScore second) {
        return new Pair(
                event.id(),
                event.stream(),
                event.source().topic(),
                event.source().partition(),
                event.source().offset(),
                opinion(first),
                opinion(second));
    }

    private static Opinion opinion(ModelScore score) {
        return new Opinion(score.pValue(), score.anomalous());
    }

    private String nothing() {
        String asked = "No image%s was scored by both %s and %s".formatted(since == null ? "" : " that new", a, b);
        return others.isEmpty()
                ? asked
                        + ": `afterimage models shadow` lets one of them score along while the other is current; for one instance"
                        + " AFTERIMAGE_CHALLENGER does"
                : asked + "; there are shadow scores of " + String.join(", ", others);
    }

    private Report report(Summary summary, long unreadable) {
        return new Report(
                a,
                b,
                summary.images(),
                new Alarms(
                        summary.alarmsOfA(),
                        summary.alarmsOfB(),
                        summary.alarms().added(),
                        summary.alarms().removed(),
                        summary.alarms().difference(),
                        summary.alarms().significance()),
                summary.pValues(),
                summary.added(),
                summary.removed(),
                unreadable);
    }

    private static void print(PrintWriter out, Report report) {
        Alarms alarms = report.alarms();
        line(out, "images compared", "%,d", report.images());
        line(out, "alarms of A", "%,d (%.2f %%)", alarms.a(), 100.0 * alarms.a() / report.images());
        line(out, "alarms of B", "%,d (%.2f %%)", alarms.b(), 100.0 * alarms.b() / report.images());
        line(out, "added by B", "%,d", alarms.added());
        line(out, "removed by B", "%,d", alarms.removed());
        Estimate rate = alarms.difference();
        line(
                out,
                "alarm rate, B - A",
                "%+.3f %%, from %+.3f %% to %+.3f %%; exact test of no difference: p = %.2g",
                100 * rate.value(),
                100 * rate.lower(),
                100 * rate.upper(),
                alarms.significance());
        Estimate pValues = report.pValueDifference();
        line(out, "p-value, B - A", "%+.4f, from %+.4f to %+.4f", pValues.value(), pValues.lower(), pValues.upper());
        if (report.unreadable() > 0) {
            line(out, "unreadable records", "%,d", report.unreadable());
        }
        examples(out, "Added by B, the clearest first:", report.added());
        examples(out, "Removed by B, the clearest first:", report.removed());
    }

    private static void line(PrintWriter out, String name, String format, Object... values) {
        out.printf("%-20s%s%n", name, String.format(Locale.ROOT, format, values));
    }

    private static void examples(PrintWriter out, String title, List<Pair> pairs) {
        if (pairs.isEmpty()) {
            return;
        }
        out.printf("%n%s%n", title);
        out.printf("  %-28s  %-16s  %9s  %9s  %s%n", "image", "stream", "p-value A", "p-value B", "at");
        for (Pair pair : pairs) {
            out.printf(
                    Locale.ROOT,
                    "  %-28s  %-16s  %9.4f  %9.4f  %s-%d@%d%n",
                    pair.id(),
                    pair.stream(),
                    pair.a().pValue(),
                    pair.b().pValue(),
                    pair.topic(),
                    pair.partition(),
                    pair.offset());
        }
    }

    /** A number of seconds, minutes, hours or days, or ISO 8601. */
    static final class Ago implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (text.matches("\\d{1,6}[smh]")) {
                return Duration.parse("PT" + text);
            }
            return Duration.parse(text.matches("\\d{1,6}d") ? "P" + text : text);
        }
    }
}
