package io.afterimage.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.Rejection;
import io.afterimage.score.Calibration;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoringMetricsTest {
    private static final Calibration CALIBRATION =
            new Calibration(IntStream.range(0, 999).mapToDouble(i -> i).toArray());

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ScoringMetrics metrics = new ScoringMetrics(registry, 0.01, 10);

    @Test
    void aScrapeHasExactlyTheCatalogue() {
        metrics.model(model("7"));
        metrics.scored("line-3", false, 1, 0.5, 40);
        metrics.lag("afterimage.images", Map.of(0, 7L));
        metrics.tasks().model("denoise", "clean", "7");
        Map<String, String> documented = MeterCatalogue.all().stream()
                .collect(Collectors.toMap(OwnMeter::prometheusName, OwnMeter::prometheusType));
        Map<String, String> scraped = new TreeMap<>();
        for (String line : lines("# TYPE ")) {
            String[] words = line.split(" ", -1);
            scraped.put(words[2], words[3]);
        }
        // Micrometer adds the highest recent value to each of its histograms
        MeterCatalogue.all().stream()
                .filter(meter -> meter.kind() == OwnMeter.Kind.TIMER || meter.kind() == OwnMeter.Kind.SUMMARY)
                .forEach(meter -> assertThat(scraped.remove(meter.prometheusName() + "_max"))
                        .isEqualTo("gauge"));

        assertThat(scraped).isEqualTo(documented);
        assertThat(MeterCatalogue.all()).allSatisfy(meter -> {
            assertThat(lines("# HELP " + meter.prometheusName() + " "))
                    .singleElement()
                    .asString()
                    .endsWith(meter.meaning());
            assertThat(lines(meter.prometheusName()))
                    .anySatisfy(line -> assertThat(meter.tags()).allMatch(tag -> line.contains(tag + "=\"")));
            assertThat(lines(meter.prometheusName() + "_bucket"))
                    .hasSize(meter.buckets().isEmpty() ? 0 : meter.buckets().size() + 1);
        });
    }

    @Test
    void namesFollowTheConventionsOfPrometheus() {
        assertThat(MeterCatalogue.all())
                .extracting(OwnMeter::prometheusName)
                .contains(
                        "afterimage_images_scored_total",
                        "afterimage_dead_letters_total",
                        "afterimage_inference_seconds",
                        "afterimage_image_bytes",
                        "afterimage_model_info");
    }

    @Test
    void countsScoredImages() {
        metrics.scored("line-3", false, -3.5, 0.5, 40);
        metrics.scored("line-3", true, 250, 0.001, -5);

        assertThat(value("afterimage_images_scored_total{verdict=\"normal\"}")).isEqualTo(1);
        assertThat(value("afterimage_images_scored_total{verdict=\"anomalous\"}"))
                .isEqualTo(1);
        assertThat(value("afterimage_score_bucket{le=\"-5.0\"}")).isEqualTo(0);
        assertThat(value("afterimage_score_bucket{le=\"-2.0\"}")).isEqualTo(1);
        assertThat(value("afterimage_score_bucket{le=\"200.0\"}")).isEqualTo(1);
        assertThat(value("afterimage_score_bucket{le=\"+Inf\"}")).isEqualTo(2);
        assertThat(value("afterimage_score_count")).isEqualTo(2);
        assertThat(lines("afterimage_score_sum")).isEmpty();
        assertThat(value("afterimage_significance_bucket{le=\"0.5\"}")).isEqualTo(1);
        assertThat(value("afterimage_significance_bucket{le=\"3.0\"}")).isEqualTo(2);
        assertThat(value("afterimage_end_to_end_seconds_bucket{le=\"0.025\"}")).isEqualTo(1);
        assertThat(value("afterimage_end_to_end_seconds_bucket{le=\"0.05\"}")).isEqualTo(2);
        assertThat(value("afterimage_alarm_rate")).isEqualTo(0.5);
        assertThat(value("afterimage_alpha")).isEqualTo(0.01);
    }

    @Test
    void aScoreOnTheBoundBelongsBelowIt() {
        metrics.scored("line-3", false, 3, 1, 0);
        assertThat(value("afterimage_score_bucket{le=\"2.0\"}")).isEqualTo(0);
        assertThat(value("afterimage_score_bucket{le=\"3.0\"}")).isEqualTo(1);
    }

    @Test
    void countsWorkAndWhatWentWrong() {
        metrics.decoded(2_000_000);
        metrics.inferred(64, 20_000_000);
        metrics.received(700);
        metrics.lookAheadHit();
        metrics.lookAheadHit();
        metrics.lookAheadMiss();
        metrics.lookAheadFailure();
        metrics.deadLetter(Rejection.TOO_MANY_PIXELS, Optional.of("line-3"));
        metrics.challengerFailed(64);

        assertThat(value("afterimage_decode_seconds_sum")).isEqualTo(0.002);
        assertThat(value("afterimage_inference_seconds_sum")).isEqualTo(0.02);
        assertThat(value("afterimage_batch_size_sum")).isEqualTo(64);
        assertThat(value("afterimage_image_bytes_sum")).isEqualTo(700);
        assertThat(value("afterimage_lookahead_results_total{outcome=\"hit\"}")).isEqualTo(2);
        assertThat(value("afterimage_lookahead_results_total{outcome=\"miss\"}"))
                .isEqualTo(1);
        assertThat(value("afterimage_lookahead_results_total{outcome=\"failure\"}"))
                .isEqualTo(1);
        assertThat(value("afterimage_dead_letters_total{reason=\"too-many-pixels\"}"))
                .isEqualTo(1);
        assertThat(value("afterimage_challenger_failures_total")).isEqualTo(64);
        assertThat(lines("afterimage_dead_letters_total")).hasSize(Rejection.values().length);
    }

    @Test
    void onlyTheModelInUseIsShown() {
        metrics.model(model("7"));
        metrics.model(model("8"));
        metrics.model(model("8"));
        assertThat(lines("afterimage_model_info"))
                .containsExactly("afterimage_model_info{name=\"digits\",version=\"8\"} 1");
    }

    @Test
    void aSwapBeginsTheAlarmRateAnew() {
        metrics.model(model("7"));
        metrics.scored("line-3", true, 9, 0.001, 1);
        assertThat(value("afterimage_alarm_rate")).isEqualTo(1);
        metrics.swapped(model("8"));
        assertThat(value("afterimage_alarm_rate")).isNaN();
        metrics.scored("line-3", false, 1, 0.5, 1);
        metrics.modelRejected();
        assertThat(value("afterimage_alarm_rate")).isZero();
        assertThat(value("afterimage_model_swaps_total")).isEqualTo(1);
        assertThat(value("afterimage_model_rejections_total")).isEqualTo(1);
        assertThat(lines("afterimage_model_info"))
                .containsExactly("afterimage_model_info{name=\"digits\",version=\"8\"} 1");
    }

    @Test
    void saysHowManyAlarmsChanceExplains() {
        assertThat(value("afterimage_alarm_rate_highest")).isNaN();
        metrics.model(model("7"));
        assertThat(value("afterimage_alarm_rate_highest")).isNaN();
        IntStream.range(0, 200).forEach(i -> metrics.scored("line-3", i < 5, 1, 0.5, 1));

        // Five alarms among two hundred are 2.5 %, which a calibration on 999 images at 1 % gives now and then.
        assertThat(value("afterimage_alarm_rate_lowest")).isZero();
        assertThat(value("afterimage_alarm_rate_highest")).isBetween(0.03, 0.08);

        IntStream.range(0, 10_000).forEach(i -> metrics.scored("line-3", i < 500, 1, 0.5, 1));
        assertThat(value("afterimage_alarm_rate_lowest")).isBetween(0.001, 0.005);
        assertThat(value("afterimage_alarm_rate_highest")).isBetween(0.015, 0.03);
        assertThat(value("afterimage_alarm_rate")).isGreaterThan(value("afterimage_alarm_rate_highest"));
    }

    @Test
    void saysHowOldTheModelIs() {
        metrics.model(model("7"));
        assertThat(value("afterimage_model_created_seconds")).isEqualTo(1_700_000_000);
        metrics.swapped(new ModelInUse("digits", "8", Optional.empty(), CALIBRATION));
        assertThat(value("afterimage_model_created_seconds")).isNaN();
    }

    @Test
    void theLagIsThatOfTheLastMeasurement() {
        metrics.lag("plant.images", Map.of(0, 7L, 1, 3L));
        assertThat(value("afterimage_lag_images{partition=\"0\",topic=\"plant.images\"}"))
                .isEqualTo(7);
        metrics.lag("plant.images", Map.of(0, 9L, 1, 0L));
        assertThat(value("afterimage_lag_images{partition=\"0\",topic=\"plant.images\"}"))
                .isEqualTo(9);
        metrics.lag("plant.images", Map.of());
        assertThat(lines("afterimage_lag_images{")).isEmpty();
    }

    @Test
    void aSwapBeginsTheScoresOfStreamsAnew() {
        metrics.model(model("7"));
        metrics.scored("line-3", true, 90, 0.001, 1);
        metrics.swapped(model("8"));
        metrics.scored("line-3", false, 1, 0.5, 1);
        assertThat(value("afterimage_stream_score{stream=\"line-3\"}")).isEqualTo(1);
    }

    @Test
    void withoutStreamsNoneIsShown() {
        var other = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var without = new ScoringMetrics(other, 0.01);
        without.scored("line-3", false, 1, 0.5, 1);
        assertThat(other.scrape()).doesNotContain("line-3", "afterimage_stream_images");
    }

    @Test
    void theDepthIsThatOfAllWindowsThatLive() {
        IntSupplier second = () -> 5;
        metrics.bindLookAheadDepth(() -> 7);
        metrics.bindLookAheadDepth(second);
        assertThat(value("afterimage_lookahead_depth")).isEqualTo(12);
        metrics.unbindLookAheadDepth(second);
        assertThat(value("afterimage_lookahead_depth")).isEqualTo(7);
    }

    @Test
    void theCatalogueIsATable() {
        assertThat(MeterCatalogue.markdownTable(MeterCatalogue.all()).lines())
                .hasSize(2 + MeterCatalogue.all().size())
                .allMatch(line -> line.split("\\|", -1).length == 7)
                .anyMatch(line -> line.startsWith("| `afterimage_images_scored_total` | counter | `verdict` |"));
        assertThat(MeterCatalogue.all().stream().collect(Collectors.groupingBy(Function.identity())))
                .hasSameSizeAs(MeterCatalogue.all());
    }

    private static ModelInUse model(String version) {
        return new ModelInUse("digits", version, Optional.of(Instant.ofEpochSecond(1_700_000_000)), CALIBRATION);
    }

    private double value(String series) {
        return lines(series + " ").stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + " is not in\n" + registry.scrape()));
    }

    private List<String> lines(String start) {
        return registry.scrape().lines().filter(line -> line.startsWith(start)).toList();
    }
}
