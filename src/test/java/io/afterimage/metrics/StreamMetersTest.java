package io.afterimage.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamMetersTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private Instant now = Instant.ofEpochSecond(1_000);
    private final StreamMeters meters = new StreamMeters(2, () -> now);

    @BeforeEach
    void register() {
        registry.getPrometheusRegistry().register(meters);
    }

    @Test
    void countsEachStreamByItself() {
        meters.scored("left", false, 2);
        meters.scored("left", false, 4);
        meters.scored("left", true, 30);
        meters.refused(Optional.of("left"));
        meters.scored("right \"1\"", false, -1);

        assertThat(lines("afterimage_stream_images_total"))
                .contains(
                        "afterimage_stream_images_total{outcome=\"normal\",stream=\"left\"} 2.0",
                        "afterimage_stream_images_total{outcome=\"anomalous\",stream=\"left\"} 1.0",
                        "afterimage_stream_images_total{outcome=\"dead-letter\",stream=\"left\"} 1.0",
                        "afterimage_stream_images_total{outcome=\"normal\",stream=\"right \\\"1\\\"\"} 1.0");
        assertThat(lines("afterimage_stream_score{")).contains("afterimage_stream_score{stream=\"left\"} 12.0");
        assertThat(lines("afterimage_stream_last_image_seconds{"))
                .contains("afterimage_stream_last_image_seconds{stream=\"left\"} 1000.0");
    }

    @Test
    void theScoreIsThatOfTheLastImages() {
        IntStream.range(0, 100).forEach(i -> meters.scored("left", false, 0));
        IntStream.range(0, 600).forEach(i -> meters.scored("left", false, 10));
        String line = lines("afterimage_stream_score{").get(0);
        assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' ')))).isBetween(9.9, 10.0);
    }

    @Test
    void namesFromOutsideNeverMakeMoreSeriesThanAllowed() {
        IntStream.range(0, 10_000).forEach(i -> meters.scored("made-up-" + i, false, 1));

        assertThat(lines("afterimage_stream_images_total{")).hasSize(3 * (2 + 1));
        assertThat(lines("afterimage_stream_score{")).hasSize(2);
        assertThat(lines("afterimage_stream_last_image_seconds{")).hasSize(2);
        assertThat(lines("afterimage_stream_images_total{outcome=\"normal\",stream=\"(others)\"}"))
                .containsExactly("afterimage_stream_images_total{outcome=\"normal\",stream=\"(others)\"} 9998.0");
    }

    @Test
    void whoIsSilentForLongGivesWay() {
        meters.scored("left", false, 1);
        now = now.plus(StreamMeters.SILENT);
        meters.scored("right", false, 1);
        now = now.plusSeconds(1);
        meters.scored("new", true, 9);

        assertThat(lines("afterimage_stream_score{"))
                .hasSize(2)
                .anyMatch(line -> line.contains("\"new\""))
                .noneMatch(line -> line.contains("\"left\""));

        now = now.plus(Duration.ofSeconds(2));
        meters.scored("left", false, 1);
        assertThat(lines("afterimage_stream_images_total{outcome=\"normal\",stream=\"(others)\"}"))
                .containsExactly("afterimage_stream_images_total{outcome=\"normal\",stream=\"(others)\"} 1.0");
    }

    @Test
    void whatNamesNoStreamIsCountedWithTheOthers() {
        meters.refused(Optional.empty());
        assertThat(lines("afterimage_stream_images_total{outcome=\"dead-letter\""))
                .containsExactly("afterimage_stream_images_total{outcome=\"dead-letter\",stream=\"(others)\"} 1.0");
    }

    private List<String> lines(String start) {
        return registry.scrape().lines().filter(line -> line.startsWith(start)).toList();
    }
}
