package io.afterimage.demo;

import io.afterimage.demo.DemoTally.Row;
import io.afterimage.demo.DemoTally.Snapshot;
import io.afterimage.wire.ScoreEvent;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Shows the demo while it runs: a table that is drawn over itself on a terminal, a line at a time elsewhere. */
public final class VerdictTable {
    private static final String UP_AND_CLEAR = "\u001b[%dA\u001b[J";
    /** A line that wraps would count as two when the table is drawn over. */
    private static final String CUT_LINES = "\u001b[?7l";

    private static final String WRAP_LINES = "\u001b[?7h";
    private static final String HEADER = String.format(
            "%-10s %-16s %9s %8s  %-9s  %-14s  %s",
            "stream", "image", "score", "p-value", "verdict", "really a", "model");

    private final PrintWriter out;
    private final boolean redraw;
    private final String metricsAddress;
    private int drawn;

    /** @param redraw whether {@code out} is a terminal */
    public VerdictTable(PrintWriter out, boolean redraw, String metricsAddress) {
        this.out = out;
        this.redraw = redraw;
        this.metricsAddress = metricsAddress;
    }

    /** Shows the present state in place of the one before. */
    public void show(Snapshot snapshot) {
        if (!redraw) {
            out.println(totals(snapshot));
            out.flush();
            return;
        }
        StringBuilder screen = new StringBuilder();
        if (drawn > 0) {
            screen.append(UP_AND_CLEAR.formatted(drawn));
        }
        List<String> lines = lines(snapshot, metricsAddress);
        screen.append(CUT_LINES);
        lines.forEach(line -> screen.append(line).append(System.lineSeparator()));
        screen.append(WRAP_LINES);
        out.print(screen);
        out.flush();
        drawn = lines.size();
    }

    /** The whole table, always the same number of lines. */
    static List<String> lines(Snapshot snapshot, String metricsAddress) {
        List<String> lines = new ArrayList<>();
        lines.add(HEADER);
        snapshot.rows().forEach(row -> lines.add(line(row)));
        while (lines.size() <= DemoTally.ROWS) {
            lines.add("");
        }
        lines.add(totals(snapshot));
        lines.add("Metrics: %s   Ctrl-C stops".formatted(metricsAddress));
        return lines;
    }

    private static String line(Row row) {
        ScoreEvent event = row.event();
        return String.format(
                Locale.ROOT,
                "%-10s %-16s %9.3f %8.4f  %-9s  %-14s  %s %s",
                event.stream(),
                event.id(),
                event.score(),
                event.pValue(),
                event.verdict(),
                row.truth().label(),
                event.model().name(),
                event.model().version());
    }

    private static String totals(Snapshot snapshot) {
        return String.format(
                Locale.ROOT,
                "%.0f s: %d published, %d scored, %d anomalous, %d dead letters, %.0f images/s",
                snapshot.seconds(),
                snapshot.published(),
                snapshot.scored(),
                snapshot.anomalous(),
                snapshot.deadLetters(),
                snapshot.imagesPerSecond());
    }
}
