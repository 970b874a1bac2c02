package io.afterimage.report;

import io.afterimage.evaluate.Baseline;
import io.afterimage.evaluate.Detection;
import io.afterimage.image.InputShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.w3c.dom.Element;

/** How well anomalies are found, to look at: the figures, and for each task its curve, its scores and pictures. */
public final class DetectionPage {
    private static final String NORMAL = "#2b7bba";
    private static final String ANOMALOUS = "#d1495b";
    private static final int BINS = 40;
    /** More points than a curve has pixels. */
    private static final int POINTS = 300;

    private final InputShape shape;
    private final Pictures pictures = new Pictures();

    /** @param shape of the pictures */
    public DetectionPage(InputShape shape) {
        this.shape = shape;
    }

    /**
     * Writes {@code index.html}.
     *
     * @param directory made when it is not there
     * @param protocol what was measured, in a line
     * @param runs figures of all tasks and seeds
     * @param evidence of the tasks to show
     */
    public void write(Path directory, String protocol, List<Detection.Result> runs, List<Detection.Evidence> evidence)
            throws IOException {
        HtmlPage page = new HtmlPage("Afterimage: how well anomalies are found");
        HtmlPage.add(page.body(), "p", protocol);
        table(page.body(), runs);
        HtmlPage.note(
                page.body(),
                "AUROC: the chance that an anomalous image scores higher than a normal one. The baselines need no network and were"
                        + " measured on the same images: squared distance to the mean image, what principal components (as many as the"
                        + " network has latent values) leave, and the brightest value less the median.");
        for (Detection.Evidence each : evidence) {
            task(page.body(), each);
        }
        page.write(directory);
    }

    private static void table(Element parent, List<Detection.Result> runs) {
        Element table = HtmlPage.add(parent, "table");
        table.setAttribute("class", "total");
        List<String> head = new ArrayList<>(List.of("task", "seed", "AUROC", "alarms"));
        for (Baseline baseline : Baseline.values()) {
            head.add(baseline.label());
        }
        HtmlPage.row(table, "th", head);
        for (Detection.Result run : runs) {
            row(table, run.task(), String.valueOf(run.seed()), List.of(run));
        }
        row(table, "mean", "", runs);
    }

    private static void row(Element table, String task, String seed, List<Detection.Result> runs) {
        List<String> cells = new ArrayList<>(List.of(
                task,
                seed,
                mean(runs.stream().mapToDouble(Detection.Result::area)),
                mean(runs.stream().map(Detection.Result::alarmRate).flatMapToDouble(OptionalDouble::stream))));
        for (Baseline baseline : Baseline.values()) {
            cells.add(mean(runs.stream().mapToDouble(run -> run.baselines().getOrDefault(baseline, Double.NaN))));
        }
        HtmlPage.row(table, "td", cells);
    }

    private static String mean(DoubleStream figures) {
        OptionalDouble mean = figures.average();
        return mean.isPresent() ? String.format(Locale.ROOT, "%.4f", mean.getAsDouble()) : "-";
    }

    private void task(Element parent, Detection.Evidence evidence) {
        HtmlPage.add(parent, "h2", evidence.task());
        Element charts = HtmlPage.add(parent, "div");
        charts.setAttribute("class", "row");
        roc(figure(charts, "Share of anomalies found against share of normal images called anomalous"), evidence);
        histogram(figure(charts, "Scores of normal (blue) and anomalous (red) images, as shares"), evidence);
        Element row = HtmlPage.add(parent, "div");
        row.setAttribute("class", "row");
        for (Detection.Example example : evidence.examples()) {
            Element figure = HtmlPage.add(row, "figure");
            pictures.add(figure, example.image(), shape, example.what());
            pictures.add(figure, example.reconstruction(), shape, example.what());
            pictures.add(figure, example.residual(), new InputShape(1, shape.height(), shape.width()), example.what());
            HtmlPage.add(
                    figure,
                    "figcaption",
                    String.format(Locale.ROOT, "%s %.2f, p %.4f", example.what(), example.score(), example.pValue()));
        }
        HtmlPage.note(parent, "Each: the image, what the network makes of it, and where the residual is.");
    }

    private static void roc(Element figure, Detection.Evidence evidence) {
        double[] normal = sorted(evidence.normalScores());
        double[] anomalous = sorted(evidence.anomalousScores());
        double[] xs = new double[POINTS + 2];
        double[] ys = new double[POINTS + 2];
        for (int i = 0; i <= POINTS; i++) {
            double threshold = normal[(int) Math.round((1 - (double) i / POINTS) * (normal.length - 1))];
            xs[i] = above(normal, threshold);
            ys[i] = above(anomalous, threshold);
        }
        xs[POINTS + 1] = 1;
        ys[POINTS + 1] = 1;
        Chart chart = new Chart(figure, 0, 1, 1, "false alarms", "found");
        chart.line(0, 0, 1, 1, "#d6dde4");
        chart.curve(xs, ys, ANOMALOUS);
    }

    private static void histogram(Element figure, Detection.Evidence evidence) {
        double[] normal = sorted(evidence.normalScores());
        double[] anomalous = sorted(evidence.anomalousScores());
        double from = Math.min(normal[0], anomalous[0]);
        // The farthest anomalies would press everything else into one bar.
        double to = Math.max(normal[normal.length - 1], anomalous[(int) (0.95 * (anomalous.length - 1))]);
        double width = (to - from) / BINS;
        double[] blue = shares(normal, from, width);
        double[] red = shares(anomalous, from, width);
        double highest = Math.max(
                Arrays.stream(blue).max().orElse(1), Arrays.stream(red).max().orElse(1));
        Chart chart = new Chart(figure, from, to, highest, "score (the last bar holds all above)", "share");
        for (int i = 0; i < BINS; i++) {
            chart.bar(from + i * width, from + (i + 1) * width, blue[i], NORMAL);
            chart.bar(from + i * width, from + (i + 1) * width, red[i], ANOMALOUS);
        }
    }

    private static double[] shares(double[] scores, double from, double width) {
        double[] shares = new double[BINS];
        for (double score : scores) {
            int bin = width > 0 ? (int) Math.min(BINS - 1, (score - from) / width) : 0;
            shares[bin] += 1.0 / scores.length;
        }
        return shares;
    }

    private static double above(double[] sorted, double threshold) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] <= threshold) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (double) (sorted.length - low) / sorted.length;
    }

    private static double[] sorted(double[] scores) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    private static Element figure(Element parent, String caption) {
        Element figure = HtmlPage.add(parent, "figure");
        HtmlPage.add(figure, "figcaption", caption);
        return figure;
    }
}
