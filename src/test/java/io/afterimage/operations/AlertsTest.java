package io.afterimage.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Alerts as files: whether they fire when they should is for {@code promtool test rules}. */
class AlertsTest {
    private static final Path RUNBOOK = Path.of("deploy", "RUNBOOK.md");

    static List<Alert> alerts() {
        return Alert.all();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void sayHowBadItIsAndWhatItIs(Alert alert) {
        assertThat(alert.name()).matches("Afterimage[A-Za-z]+");
        assertThat(alert.severity()).isIn("critical", "warning", "info");
        assertThat(alert.annotation("summary")).isNotBlank().doesNotEndWith(".");
        assertThat(alert.annotation("description")).endsWith(".");
        assertThat(alert.annotation("runbook_url"))
                .isEqualTo("deploy/RUNBOOK.md#" + alert.name().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void askForMetricsThatExist(Alert alert) {
        assertThat(Selectors.in(alert.expression()))
                .isNotEmpty()
                .extracting(Selectors.Selector::metric)
                .isSubsetOf(KnownMetrics.names());
    }

    @Test
    void eachHasASectionOfTheRunbookAndEachSectionAnAlert() throws IOException {
        assertThat(sections())
                .containsExactlyElementsOf(alerts().stream().map(Alert::name).toList());
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void itsSectionSaysWhatItMeansWhereToLookAndWhatToDo(Alert alert) throws IOException {
        String runbook = Files.readString(RUNBOOK);
        int begin = runbook.indexOf("\n### " + alert.name() + "\n");
        int end = runbook.indexOf("\n### ", begin + 1);
        assertThat(runbook.substring(begin, end < 0 ? runbook.length() : end))
                .contains("**Means.** ", "**Look.** ", "**Do.** ", "Severity: " + alert.severity());
    }

    /** A rule that is only shown firing might always fire, and one that is only shown quiet might never do. */
    @Test
    void eachIsTestedFiringAndQuiet() throws IOException {
        Set<String> firing = new TreeSet<>();
        Set<String> quiet = new TreeSet<>();
        try (Stream<Path> files = Files.list(Alert.TESTS)) {
            files.forEach(file -> {
                for (JsonNode test : Alert.yaml(file).path("tests")) {
                    for (JsonNode expectation : test.path("alert_rule_test")) {
                        (expectation.path("exp_alerts").isEmpty() ? quiet : firing)
                                .add(expectation.path("alertname").asString());
                    }
                }
            });
        }
        Set<String> names = new TreeSet<>(alerts().stream().map(Alert::name).toList());
        assertThat(firing).isEqualTo(names);
        assertThat(quiet).isEqualTo(names);
    }

    @Test
    void namesAreNotUsedTwice() {
        var count = new TreeMap<String, Integer>();
        alerts().forEach(alert -> count.merge(alert.name(), 1, Integer::sum));
        assertThat(count.values()).isNotEmpty().containsOnly(1);
    }

    private static List<String> sections() throws IOException {
        return Files.readString(RUNBOOK)
                .lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .toList();
    }
}
