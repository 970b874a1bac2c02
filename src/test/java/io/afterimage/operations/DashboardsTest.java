package io.afterimage.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Dashboards as files: whether their questions have answers is for {@link PrometheusCheck}. */
class DashboardsTest {
    private static final int COLUMNS = 24;

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    @Test
    void thereIsOneForEachQuestionOfAnOperator() {
        assertThat(dashboards())
                .extracting(Dashboard::file)
                .containsExactly("model.json", "runtime.json", "service.json", "streams.json");
        assertThat(dashboards())
                .extracting(dashboard -> dashboard.json().path("uid").asString())
                .doesNotHaveDuplicates()
                .allMatch(uid -> uid.matches("[a-z-]{1,40}"));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsHaveAnIdAndAPlaceOfTheirOwn(Dashboard dashboard) {
        assertThat(dashboard.panels())
                .extracting(panel -> panel.path("id").asInt())
                .doesNotHaveDuplicates()
                .allMatch(id -> id > 0);
        Set<String> taken = new TreeSet<>();
        for (JsonNode panel : dashboard.panels()) {
            JsonNode place = panel.path("gridPos");
            for (int x = place.path("x").asInt();
                    x < place.path("x").asInt() + place.path("w").asInt();
                    x++) {
                for (int y = place.path("y").asInt();
                        y < place.path("y").asInt() + place.path("h").asInt();
                        y++) {
                    assertThat(x).isLessThan(COLUMNS);
                    assertThat(taken.add(x + "," + y))
                            .as("%s lies over another panel", panel.path("title"))
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPanelSaysWhatItShowsAndInWhichUnit(Dashboard dashboard) {
        assertThat(dashboard.charts()).isNotEmpty().allSatisfy(panel -> {
            assertThat(panel.path("title").asString()).isNotBlank();
            assertThat(panel.path("description").asString())
                    .as(panel.path("title").asString())
                    .endsWith(".");
            assertThat(panel.at("/fieldConfig/defaults/unit").asString())
                    .as(panel.path("title").asString())
                    .isNotBlank();
            assertThat(panel.path("targets")).isNotEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void theDataSourceIsChosenByTheUser(Dashboard dashboard) {
        JsonNode variables = dashboard.json().at("/templating/list");
        assertThat(variables.at("/0/type").asString()).isEqualTo("datasource");
        assertThat(variables.at("/0/query").asString()).isEqualTo("prometheus");
        String chosen = "${" + variables.at("/0/name").asString() + "}";
        List<JsonNode> sources = dashboard.json().findValues("datasource");
        assertThat(sources).hasSizeGreaterThan(dashboard.charts().size());
        assertThat(sources).allSatisfy(source -> {
            assertThat(source.path("type").asString()).isEqualTo("prometheus");
            assertThat(source.path("uid").asString()).isEqualTo(chosen);
        });
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyVariableInAnExpressionExists(Dashboard dashboard) {
        List<String> known = new ArrayList<>(List.of("$datasource", "$__rate_interval", "$__range", "$__interval"));
        dashboard.variables().forEach(variable -> known.add("$" + variable.name()));
        assertThat(dashboard.queries())
                .allSatisfy(query -> assertThat(Stream.of(query.expression().split("(?=\\$)|[^$\\w]", -1))
                                .filter(word -> word.startsWith("$")))
                        .as(query.where())
                        .isSubsetOf(known));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyMetricExists(Dashboard dashboard) {
        assertThat(unknown(dashboard)).isEmpty();
    }

    @Test
    void aMisspeltMetricIsNoticed() {
        Dashboard twin = dashboards().get(0).misspelling("afterimage_alarm_rate_lowest", "afterimage_alarm_rate_low");
        assertThat(unknown(twin)).containsExactly("afterimage_alarm_rate_low");
    }

    /** A meter nobody can see is a meter nobody needs. */
    @Test
    void everyMeterOfTheServiceIsOnADashboard() {
        Set<String> shown = new TreeSet<>();
        dashboards().forEach(dashboard -> shown.addAll(metrics(dashboard)));
        Set<String> families = new TreeSet<>();
        shown.forEach(metric -> families.add(metric.replaceAll("_(bucket|count|sum|max)$", "")));
        assertThat(families).containsAll(KnownMetrics.families());
    }

    private static Set<String> unknown(Dashboard dashboard) {
        Set<String> metrics = metrics(dashboard);
        metrics.removeAll(KnownMetrics.names());
        return metrics;
    }

    private static Set<String> metrics(Dashboard dashboard) {
        Set<String> metrics = new TreeSet<>();
        dashboard
                .queries()
                .forEach(query -> Selectors.in(query.expression()).forEach(selector -> metrics.add(selector.metric())));
        return metrics;
    }
}
