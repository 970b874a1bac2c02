package io.afterimage.report;

import io.afterimage.evaluate.GenerationCheck;
import io.afterimage.image.Mosaic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.w3c.dom.Element;

/** What a generative model makes, to look at. */
public final class GenerationPage {
    private static final int SAMPLE_COLUMNS = 16;

    private final Pictures pictures = new Pictures();

    /**
     * Writes {@code index.html}.
     *
     * @param directory made when it is not there
     * @param headline what was measured, in a line
     * @param outcomes of the seeds, at least one; pictures are those of the first
     */
    public void write(Path directory, String headline, List<GenerationCheck.Outcome> outcomes) throws IOException {
        HtmlPage page = new HtmlPage("Afterimage: pictures that never were");
        Element body = page.body();
        HtmlPage.add(body, "p", headline);
        table(body, outcomes);
        HtmlPage.note(
                body,
                "The two losses of a variational autoencoder, in nats per test picture: what is lost of it, and how far its place in the"
                        + " latent space is from a standard normal distribution. With cross-entropy their sum is the negative evidence"
                        + " lower bound: the picture costs at most that much.");
        GenerationCheck.Evidence evidence = outcomes.get(0).evidence();
        section(body, "New pictures", "Latent vectors drawn from a standard normal distribution, decoded.");
        wide(body, evidence.samples(), evidence, SAMPLE_COLUMNS, "samples");
        section(
                body,
                "From one picture to another",
                "Each row walks straight through the latent space between two test pictures.");
        wide(
                body,
                evidence.walks().stream().flatMap(List::stream).toList(),
                evidence,
                evidence.walks().get(0).size(),
                "interpolations");
        if (!evidence.grid().isEmpty()) {
            section(
                    body,
                    "The whole latent plane",
                    "Pictures at equal steps of probability: as much of the prior lies between any two neighbours.");
            wide(
                    body,
                    evidence.grid(),
                    evidence,
                    (int) Math.sqrt(evidence.grid().size()),
                    "grid over the latent plane");
        }
        section(
                body,
                "Where test pictures lie",
                "The first two latent dimensions, coloured by label. Nothing in training has seen a label.");
        new Scatter(body, evidence.points());
        page.write(directory);
    }

    private static void table(Element parent, List<GenerationCheck.Outcome> outcomes) {
        Element table = HtmlPage.add(parent, "table");
        HtmlPage.row(table, "th", List.of("", "seed", "reconstruction", "divergence", "negative ELBO"));
        for (GenerationCheck.Outcome outcome : outcomes) {
            GenerationCheck.Result result = outcome.result();
            HtmlPage.row(
                    table,
                    "td",
                    List.of(
                            "mean picture",
                            String.valueOf(result.seed()),
                            number(result.mean()),
                            "",
                            number(result.mean())));
            result.plain().ifPresent(plain -> row(table, "dense", result.seed(), plain));
            row(table, "network", result.seed(), result.quality());
        }
    }

    private static void row(Element table, String name, long seed, io.afterimage.train.GenerativeQuality quality) {
        HtmlPage.row(
                table,
                "td",
                List.of(
                        name,
                        String.valueOf(seed),
                        number(quality.reconstruction()),
                        number(quality.divergence()),
                        number(quality.negativeElbo())));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static void section(Element parent, String title, String words) {
        HtmlPage.add(parent, "h2", title);
        HtmlPage.note(parent, words);
    }

    private void wide(
            Element parent, List<float[]> all, GenerationCheck.Evidence evidence, int columns, String description) {
        pictures.wide(parent, Mosaic.of(all, evidence.shape(), columns), description);
    }
}
