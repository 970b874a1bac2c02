package io.afterimage.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.operations.Dashboard.Query;
import io.afterimage.operations.Dashboard.Variable;
import io.afterimage.operations.Selectors.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every panel, annotation and alert asks a real Prometheus, which scrapes the real service and the real retrainer while they live
 * through drift, training, promotion and swap, and through images that cannot be read. A misspelt metric is no error to Prometheus
 * but an empty answer, so an empty answer is what fails.
 *
 * <p>It needs {@code prometheus} on the path, which a developer's machine may lack, so {@code verify} does not run it;
 * {@code deploy/prometheus/check.sh} does.
 */
class PrometheusCheck {
    private static final Duration STORY = Duration.ofMinutes(8);
    private static final Duration START = Duration.ofMinutes(2);
    private static final Pattern BROKER = Pattern.compile("Kafka at (\\S+),");
    /** What makes an empty answer a zero. */
    private static final String OR_ZERO = "or vector(0)";

    private static Prometheus prometheus;
    private static int exitCode;
    private static String output = "";

    @BeforeAll
    static void playTheStory(@TempDir Path directory) throws Exception {
        int service = Prometheus.freePort();
        int retrainer = Prometheus.freePort();
        prometheus = Prometheus.start(
                directory, Map.of("afterimage", "127.0.0.1:" + service, "retrainer", "127.0.0.1:" + retrainer));
        Path told = directory.resolve("story.txt");
        Process story = new ProcessBuilder(
                        System.getProperty("afterimage.launcher"),
                        "demo",
                        "--story",
                        "--port",
                        String.valueOf(service),
                        "--retrainer-port",
                        String.valueOf(retrainer))
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        try {
            Awaitility.await()
                    .atMost(START)
                    .until(() -> BROKER.matcher(Files.readString(told)).find());
            makeTrouble(told);
            assertThat(story.waitFor(STORY.toMinutes(), TimeUnit.MINUTES))
                    .as("the story ends")
                    .isTrue();
            exitCode = story.exitValue();
            output = Files.readString(told);
        } finally {
            story.descendants().forEach(ProcessHandle::destroy);
            story.destroy();
        }
    }

    /** Images that cannot be read, of a stream with a name and of one whose name is too long for one. */
    private static void makeTrouble(Path told) throws Exception {
        Matcher broker = BROKER.matcher(Files.readString(told));
        assertThat(broker.find()).isTrue();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.group(1)), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String key : List.of("camera-1", "x".repeat(1_000))) {
                producer.send(new ProducerRecord<>(
                                "afterimage.images", key.getBytes(UTF_8), "no picture".getBytes(UTF_8)))
                        .get();
            }
        }
    }

    @AfterAll
    static void stop() {
        prometheus.close();
    }

    /** Otherwise what has no answer lacks one because nothing was promoted. */
    @Test
    void theStoryCameToItsEnd() {
        assertThat(exitCode).as(output).isZero();
    }

    @Test
    void everyPanelAndAnnotationHasAnAnswer() {
        List<String> empty = new ArrayList<>();
        int asked = 0;
        for (Dashboard dashboard : Dashboard.all()) {
            asked += dashboard.queries().size();
            empty.addAll(empty(dashboard));
        }
        System.out.printf("dashboards: %d expressions asked, %d without an answer%n", asked, empty.size());
        assertThat(empty).isEmpty();
    }

    @Test
    void aDashboardWithAMisspeltMetricIsReported() {
        Dashboard service = Dashboard.all().stream()
                .filter(dashboard -> dashboard.file().equals("service.json"))
                .findFirst()
                .orElseThrow();

        assertThat(empty(service.misspelling("afterimage_lookahead_depth", "afterimage_look_ahead_depth")))
                .singleElement()
                .asString()
                .contains("panel 'Images fetched and not yet forwarded' A", "afterimage_look_ahead_depth");
        assertThat(empty(service.misspelling("or vector(0)", "or vector(0) + 0 * sum(afterimage_nothing)")))
                .singleElement()
                .asString()
                .contains("panel 'Alerts' A", "afterimage_nothing");
    }

    @Test
    void everySelectorOfEveryAlertHasAnAnswer() {
        List<String> empty = new ArrayList<>();
        int asked = 0;
        for (Alert alert : Alert.all()) {
            for (Selector selector : Selectors.in(alert.expression())) {
                asked++;
                if (!prometheus.answers(selector.toString())) {
                    empty.add(alert + ": " + selector);
                }
            }
        }
        System.out.printf(
                "alerts: %d selectors of %d rules asked, %d without an answer%n",
                asked, Alert.all().size(), empty.size());
        assertThat(empty).isEmpty();
        assertThat(prometheus.brokenRules()).isEmpty();
        assertThat(prometheus.answers("ALERTS{alertname=\"AfterimageAlarmRateOff\"}"))
                .as("while everything is anomalous, the alarm rate is off its interval")
                .isTrue();
    }

    /** The tests of the fast build know these names without a scrape; this is the scrape. */
    @Test
    void everyKnownMetricIsScraped() {
        assertThat(KnownMetrics.names())
                .allSatisfy(metric ->
                        assertThat(prometheus.answers(metric)).as(metric).isTrue());
    }

    private static List<String> empty(Dashboard dashboard) {
        Map<String, String> values = values(dashboard);
        List<String> empty = new ArrayList<>();
        for (Query query : dashboard.queries()) {
            String expression = replaced(query.expression(), values);
            if (!prometheus.answers(expression)) {
                empty.add(query.where() + ": " + expression);
            } else if (expression.contains(OR_ZERO)) {
                // Nothing to count is no trouble; but what is counted must exist.
                Selectors.in(expression).stream()
                        .filter(selector -> !prometheus.answers(selector.metric()))
                        .forEach(selector -> empty.add(query.where() + ": " + selector));
            }
        }
        return empty;
    }

    /** As Grafana does with "All": the value for all, or every value there is. */
    private static Map<String, String> values(Dashboard dashboard) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("__rate_interval", "30s");
        values.put("__range", "2m");
        for (Variable variable : dashboard.variables()) {
            String selector = replaced(variable.selector(), values);
            assertThat(prometheus.answers(selector)).as(selector).isTrue();
            values.put(
                    variable.name(),
                    variable.allValue().isEmpty()
                            ? anyOf(prometheus.labelValues(selector, variable.label()))
                            : variable.allValue());
        }
        return values;
    }

    private static String anyOf(List<String> values) {
        assertThat(values).isNotEmpty();
        return "("
                + String.join(
                        "|",
                        values.stream()
                                .map(value -> value.replace(".", "\\\\."))
                                .toList())
                + ")";
    }

    private static String replaced(String expression, Map<String, String> values) {
        String replaced = expression;
        List<String> longestFirst = values.keySet().stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        for (String name : longestFirst) {
            replaced = replaced.replace("$" + name, values.get(name));
        }
        return replaced;
    }
}
