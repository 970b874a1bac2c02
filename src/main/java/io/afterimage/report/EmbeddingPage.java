package io.afterimage.report;

import io.afterimage.evaluate.EmbeddingCheck;
import io.afterimage.image.Mosaic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.w3c.dom.Element;

/** What a few numbers tell of a picture, to look at. */
public final class EmbeddingPage {
    private final Pictures pictures = new Pictures();

    /**
     * Writes {@code index.html}.
     *
     * @param directory made when it is not there
     * @param headline what was measured, in a line
     * @param outcomes of all dimensions and seeds, at least one; pictures are those of the first seed
     */
    public void write(Path directory, String headline, List<EmbeddingCheck.Outcome> outcomes) throws IOException {
        HtmlPage page = new HtmlPage("Afterimage: what a few numbers tell of a picture");
        Element body = page.body();
        HtmlPage.add(body, "p", headline);
        table(body, outcomes);
        HtmlPage.note(
                body,
                "An autoencoder squeezes a picture into a few numbers, its embedding. Neighbours and linear: the share of test pictures whose"
                        + " label their nearest training pictures, or a linear probe, tell rightly. Trustworthiness: whether neighbours in"
                        + " the embedding are neighbours among the pictures. Error: what is lost, mean squared per value. Labels are read"
                        + " to measure, never to learn.");
        long first = outcomes.get(0).result().seed();
        for (EmbeddingCheck.Outcome outcome : outcomes) {
            if (outcome.result().seed() == first) {
                dimensions(body, outcome);
            }
        }
        page.write(directory);
    }

    private static void table(Element parent, List<EmbeddingCheck.Outcome> outcomes) {
        Element table = HtmlPage.add(parent, "table");
        HtmlPage.row(
                table,
                "th",
                List.of("", "dimensions", "seed", "neighbours", "linear", "trustworthiness", "mean squared error"));
        for (EmbeddingCheck.Outcome outcome : outcomes) {
            EmbeddingCheck.Result result = outcome.result();
            row(table, "variational autoencoder", result, result.variational());
            row(table, "autoencoder", result, result.autoencoder());
            row(table, "principal components", result, result.pca());
        }
    }

    private static void row(Element table, String name, EmbeddingCheck.Result result, EmbeddingCheck.Worth worth) {
        HtmlPage.row(
                table,
                "td",
                List.of(
                        name,
                        String.valueOf(result.dimensions()),
                        String.valueOf(result.seed()),
                        number("%.4f", worth.neighbours()),
                        number("%.4f", worth.linear()),
                        number("%.4f", worth.trustworthiness()),
                        number("%.5f", worth.error())));
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private void dimensions(Element parent, EmbeddingCheck.Outcome outcome) {
        EmbeddingCheck.Evidence evidence = outcome.evidence();
        HtmlPage.add(
                parent,
                "h2",
                "%d numbers instead of %,d"
                        .formatted(
                                outcome.result().dimensions(), evidence.shape().size()));
        List<float[]> rows = new ArrayList<>(evidence.shown());
        evidence.seen().values().forEach(seen -> rows.addAll(seen.reconstructions()));
        pictures.wide(
                parent,
                Mosaic.of(rows, evidence.shape(), evidence.shown().size()),
                "test pictures and their reconstructions");
        HtmlPage.note(
                parent,
                "Rows: test pictures, and what comes back from their numbers: %s."
                        .formatted(String.join(", ", evidence.seen().keySet())));
        for (Map.Entry<String, EmbeddingCheck.Seen> seen : evidence.seen().entrySet()) {
            if (!seen.getValue().points().isEmpty()) {
                HtmlPage.add(parent, "h3", "The plane of the %s".formatted(seen.getKey()));
                new Scatter(parent, seen.getValue().points());
            }
        }
    }
}
