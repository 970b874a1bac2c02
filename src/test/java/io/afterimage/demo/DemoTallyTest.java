package io.afterimage.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.demo.DemoTally.Row;
import io.afterimage.demo.DemoTally.Snapshot;
import io.afterimage.wire.ScoreEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DemoTallyTest {
    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    private final DemoTally tally = new DemoTally(nanos::get);

    @Test
    void holdsVerdictsAgainstTheTruth() {
        publish("a", GroundTruth.DIGIT);
        publish("b", GroundTruth.DIGIT);
        publish("c", GroundTruth.TORN);
        publish("d", GroundTruth.DIGIT);
        publish("e", GroundTruth.DIGIT);
        pass(Duration.ofSeconds(2));
        tally.scored(event("a", "normal"));
        tally.scored(event("b", "anomalous"));
        tally.scored(event("c", "anomalous"));
        tally.deadLetter("d");
        pass(Duration.ofSeconds(10));

        DemoSummary summary = tally.summary();

        assertThat(tally.pending()).isEqualTo(1);
        assertThat(summary.missing()).isEqualTo(1);
        assertThat(summary.json())
                .containsExactly(
                        Map.entry("published", 5L),
                        Map.entry("scored", 3L),
                        Map.entry("anomalous", 2L),
                        Map.entry("deadLetters", 1L),
                        Map.entry("imagesPerSecond", 1.5),
                        Map.entry("seconds", 2.0));
        assertThat(summary.lines())
                .containsExactly(
                        "5 images published, 3 scored in 2.0 s (2 images/s), 2 anomalous, 1 dead letters",
                        "1 images have no verdict",
                        "  digit            50.0 % false alarms (1 of 2)",
                        "  torn digit      100.0 % found (1 of 1)");
    }

    @Test
    void countsAVerdictOnce() {
        publish("a", GroundTruth.DIGIT);

        tally.scored(event("a", "normal"));
        tally.scored(event("a", "normal"));
        tally.scored(event("somebody else's", "anomalous"));
        tally.deadLetter("a");

        assertThat(tally.answered()).isEqualTo(1);
        assertThat(tally.summary().anomalous()).isZero();
    }

    @Test
    void keepsTheLastVerdictsOnly() {
        for (int i = 0; i < DemoTally.ROWS + 5; i++) {
            publish("image-" + i, GroundTruth.DIGIT);
            tally.scored(event("image-" + i, "normal"));
        }

        assertThat(tally.snapshot().rows())
                .hasSize(DemoTally.ROWS)
                .extracting(row -> row.event().id())
                .startsWith("image-5")
                .endsWith("image-16");
    }

    @Test
    void tellsTheRateOfTheLastSeconds() {
        tally.snapshot();
        for (int second = 0; second < 20; second++) {
            pass(Duration.ofSeconds(1));
            for (int i = 0; i < (second < 10 ? 100 : 10); i++) {
                String id = second + "-" + i;
                publish(id, GroundTruth.DIGIT);
                tally.scored(event(id, "normal"));
            }
            tally.snapshot();
        }

        assertThat(tally.snapshot().imagesPerSecond()).isEqualTo(10);
    }

    @Test
    void isEmptyBeforeAnythingHappens() {
        assertThat(tally.snapshot()).isEqualTo(new Snapshot(0, 0, 0, 0, 0, 0, List.of()));
        assertThat(tally.summary()).isEqualTo(new DemoSummary(0, 0, 0, 0, 0, Map.of()));
    }

    @Test
    void drawsATableThatIsAlwaysOfTheSameHeight() {
        Row row = new Row(event("camera-1-000007", "anomalous"), GroundTruth.OCCLUDED);
        Snapshot snapshot = new Snapshot(10, 9, 1, 0, 99.6, 12.2, List.of(row));

        List<String> lines = VerdictTable.lines(snapshot, "http://localhost:8080/metrics");

        assertThat(lines).hasSize(DemoTally.ROWS + 3);
        assertThat(lines.get(0)).contains("score", "p-value", "verdict", "model");
        assertThat(lines.get(1))
                .contains("camera-1-000007", "1.500", "0.0025", "anomalous", "occluded digit", "digits v1");
        assertThat(lines.subList(2, DemoTally.ROWS + 1)).containsOnly("");
        assertThat(lines.get(DemoTally.ROWS + 1))
                .isEqualTo("12 s: 10 published, 9 scored, 1 anomalous, 0 dead letters, 100 images/s");
        assertThat(lines.get(DemoTally.ROWS + 2)).contains("http://localhost:8080/metrics");
    }

    @Test
    void drawsOverTheTableOnATerminalOnly() {
        Snapshot snapshot = tally.snapshot();

        assertThat(shownTwice(true, snapshot)).contains("\u001b[%dA\u001b[J".formatted(DemoTally.ROWS + 3));
        assertThat(shownTwice(false, snapshot).lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).doesNotContain("\u001b"));
    }

    private static String shownTwice(boolean terminal, Snapshot snapshot) {
        StringWriter out = new StringWriter();
        VerdictTable table = new VerdictTable(new PrintWriter(out), terminal, "http://localhost/metrics");
        table.show(snapshot);
        table.show(snapshot);
        return out.toString();
    }

    private void publish(String id, GroundTruth truth) {
        tally.published(id, truth);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static ScoreEvent event(String id, String verdict) {
        return new ScoreEvent(
                id,
                "camera-1",
                new ScoreEvent.Source("afterimage.images", 0, 7),
                "2026-11-01T00:00:00Z",
                new ScoreEvent.Model("digits", "v1"),
                1.5,
                Map.of(),
                0.0025,
                0.01,
                verdict);
    }
}
