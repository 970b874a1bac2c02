package io.afterimage.report;

import io.afterimage.evaluate.LossinessCheck;
import io.afterimage.image.Mosaic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.w3c.dom.Element;

/** What is lost of a picture that is squeezed and made again, to look at. */
public final class LossinessPage {
    private final Pictures pictures = new Pictures();

    /**
     * Writes {@code index.html}.
     *
     * @param directory made when it is not there
     * @param headline what was measured, in a line
     * @param outcomes of the seeds, at least one; pictures are those of the first
     */
    public void write(Path directory, String headline, List<LossinessCheck.Outcome> outcomes) throws IOException {
        HtmlPage page = new HtmlPage("Afterimage: what comes back is not what went in");
        Element body = page.body();
        HtmlPage.add(body, "p", headline);
        table(body, outcomes);
        HtmlPage.note(
                body,
                "An autoencoder keeps what makes its loss function small and gives up the rest. Squared error: mean over the values. Nats:"
                        + " the binary cross-entropy of a picture less what it cannot fall below. PSNR and SSIM: as people measure"
                        + " compression; SSIM is 1 when nothing is lost.");
        LossinessCheck.Outcome first = outcomes.get(0);
        HtmlPage.add(body, "h2", "What comes back");
        List<float[]> rows = new ArrayList<>(first.shown());
        first.reconstructions().values().forEach(rows::addAll);
        int columns = first.shown().size();
        String made = String.join(", ", first.reconstructions().keySet());
        pictures.wide(body, Mosaic.of(rows, first.shape(), columns), "test pictures and their reconstructions");
        HtmlPage.note(body, "Rows: test pictures, and what is made of them: %s.".formatted(made));
        HtmlPage.add(body, "h2", "What is lost");
        List<float[]> residuals = new ArrayList<>();
        for (List<float[]> remade : first.reconstructions().values()) {
            for (int i = 0; i < columns; i++) {
                residuals.add(difference(first.shown().get(i), remade.get(i)));
            }
        }
        pictures.wide(body, Mosaic.of(residuals, first.shape(), columns), "differences between them");
        HtmlPage.note(
                body, "How far each value is off, white where it is all wrong, in the same order: %s.".formatted(made));
        page.write(directory);
    }

    private static float[] difference(float[] picture, float[] other) {
        float[] difference = new float[picture.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = Math.abs(picture[i] - other[i]);
        }
        return difference;
    }

    private static void table(Element parent, List<LossinessCheck.Outcome> outcomes) {
        Element table = HtmlPage.add(parent, "table");
        HtmlPage.row(table, "th", List.of("", "seed", "squared error", "nats", "PSNR dB", "SSIM"));
        for (LossinessCheck.Outcome outcome : outcomes) {
            LossinessCheck.Result result = outcome.result();
            result.baselines().forEach((name, lost) -> row(table, name, result.seed(), lost));
            result.networks().forEach((name, lost) -> row(table, "loss " + name, result.seed(), lost));
        }
    }

    private static void row(Element table, String name, long seed, LossinessCheck.Lost lost) {
        HtmlPage.row(
                table,
                "td",
                List.of(
                        name,
                        String.valueOf(seed),
                        String.format(Locale.ROOT, "%.5f", lost.squaredError()),
                        String.format(Locale.ROOT, "%.2f", lost.nats()),
                        String.format(Locale.ROOT, "%.2f", lost.psnr()),
                        String.format(Locale.ROOT, "%.4f", lost.ssim())));
    }
}
