package io.afterimage.report;

import io.afterimage.evaluate.DataSpecificity;
import io.afterimage.image.Mosaic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.w3c.dom.Element;

/** That a model knows what it has learned and nothing else, to look at. */
public final class DataSpecificityPage {
    private final Pictures pictures = new Pictures();

    /**
     * Writes {@code index.html}.
     *
     * @param directory made when it is not there
     * @param headline what was measured, in a line
     * @param outcomes of all sets and seeds, at least one; pictures are those of the first seed
     */
    public void write(Path directory, String headline, List<DataSpecificity.Outcome> outcomes) throws IOException {
        HtmlPage page = new HtmlPage("Afterimage: a model knows what it has learned");
        Element body = page.body();
        HtmlPage.add(body, "p", headline);
        table(body, outcomes);
        HtmlPage.note(
                body,
                "Share of the images of each set that a model calls anomalous at alpha 0.01. Of the set it has learned: of images held"
                        + " out, so a hundredth is right; of the others nearly all should be.");
        long first = outcomes.get(0).result().seed();
        for (DataSpecificity.Outcome outcome : outcomes) {
            if (outcome.result().seed() == first) {
                model(body, outcome);
            }
        }
        page.write(directory);
    }

    private static void table(Element parent, List<DataSpecificity.Outcome> outcomes) {
        Element table = HtmlPage.add(parent, "table");
        List<String> sets = List.copyOf(outcomes.get(0).result().alarmRates().keySet());
        List<String> head = new ArrayList<>(List.of("learned", "seed"));
        head.addAll(sets);
        HtmlPage.row(table, "th", head);
        for (DataSpecificity.Outcome outcome : outcomes) {
            DataSpecificity.Result result = outcome.result();
            List<String> cells = new ArrayList<>(List.of(result.learned(), String.valueOf(result.seed())));
            result.alarmRates().values().forEach(rate -> cells.add(String.format(Locale.ROOT, "%.4f", rate)));
            HtmlPage.row(table, "td", cells);
        }
    }

    private void model(Element parent, DataSpecificity.Outcome outcome) {
        HtmlPage.add(
                parent,
                "h2",
                "What a model of %s makes of each set"
                        .formatted(outcome.result().learned()));
        for (Map.Entry<String, DataSpecificity.Seen> set : outcome.seen().entrySet()) {
            List<float[]> rows = new ArrayList<>(set.getValue().images());
            rows.addAll(set.getValue().reconstructions());
            Element figure = HtmlPage.add(parent, "figure");
            pictures.wide(
                    figure,
                    Mosaic.of(rows, outcome.shape(), set.getValue().images().size()),
                    "images of a set and their reconstructions");
            HtmlPage.add(figure, "figcaption", set.getKey() + ": images, and what the model makes of them");
        }
    }
}
