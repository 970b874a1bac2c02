package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole life of a model with the real processes: nothing is given but a feed that changes. */
class StoryIT {
    /** With alpha 0.01, some 2,000 images and a calibration sample of a few hundred, a rate above has a chance below 10⁻⁴. */
    private static final double MOST_ALARMS = 0.04;

    @TempDir
    private Path directory;

    @Test
    void driftIsSeenLearnedPromotedAndSwappedInWithoutLosingAnImage() throws Exception {
        Path output = directory.resolve("story.txt");
        Process story = new ProcessBuilder(
                        System.getProperty("afterimage.launcher"), "demo", "--story", "--json", "--port", "0")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(story.waitFor(8, TimeUnit.MINUTES)).isTrue();
        String told = Files.readString(output);
        assertThat(story.exitValue()).as(told).isZero();
        List<String> lines = told.lines().toList();
        JsonNode end = JsonMapper.shared().readTree(lines.get(lines.size() - 1));
        assertThat(end.propertyNames())
                .containsExactly("driftDetectedAfterImages", "promotedVersion", "alarmRate", "lost", "duplicated");
        assertThat(end.get("lost").asInt()).isZero();
        assertThat(end.get("duplicated").asInt()).isZero();
        // Two blocks of 500, and what was scored until the event was read.
        assertThat(end.get("driftDetectedAfterImages").asInt()).as(told).isBetween(1, 1_500);
        assertThat(end.get("promotedVersion").asString()).matches("[0-9a-f]{12}");
        JsonNode rates = end.get("alarmRate");
        assertThat(rates.get("before").asDouble()).isLessThan(MOST_ALARMS);
        assertThat(rates.get("during").asDouble()).isGreaterThan(0.9);
        assertThat(rates.get("after").asDouble()).as(told).isLessThan(MOST_ALARMS);
        assertThat(told).contains("drifted: ", "learning: ", "promoted: ", "swapped: ");
    }
}
