package io.afterimage.report;

import io.afterimage.evaluate.RestorationCheck;
import io.afterimage.image.InputShape;
import io.afterimage.train.PictureQuality;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.w3c.dom.Element;

/** How close spoiled pictures come to what they were, to look at. */
public final class RestorationPage {
    private final Pictures pictures = new Pictures();

    /**
     * Writes {@code index.html}.
     *
     * @param directory made when it is not there
     * @param headline what was measured, in a line
     * @param outcomes of the seeds, at least one
     */
    public void write(Path directory, String headline, List<RestorationCheck.Outcome> outcomes) throws IOException {
        HtmlPage page = new HtmlPage("Afterimage: how well pictures are restored");
        HtmlPage.add(page.body(), "p", headline);
        table(page.body(), outcomes);
        HtmlPage.note(
                page.body(),
                "PSNR: ten times the logarithm of 1 over the mean squared error; 3 dB more is half the error. SSIM: structural"
                        + " similarity, 1 for equal pictures. Autoencoders are lossy: even the best picture is not the one that was.");
        RestorationCheck.Outcome first = outcomes.get(0);
        for (RestorationCheck.Example example : first.examples()) {
            example(page.body(), example, first.shape());
        }
        page.write(directory);
    }

    private static void table(Element parent, List<RestorationCheck.Outcome> outcomes) {
        Element table = HtmlPage.add(parent, "table");
        HtmlPage.row(table, "th", List.of("", "seed", "PSNR dB", "SSIM"));
        for (RestorationCheck.Outcome outcome : outcomes) {
            RestorationCheck.Result result = outcome.result();
            result.baselines().forEach((name, quality) -> row(table, name, result.seed(), quality));
            row(table, "network", result.seed(), result.quality());
        }
    }

    private static void row(Element table, String name, long seed, PictureQuality quality) {
        HtmlPage.row(
                table,
                "td",
                List.of(
                        name,
                        String.valueOf(seed),
                        String.format(Locale.ROOT, "%.2f", quality.psnr()),
                        String.format(Locale.ROOT, "%.4f", quality.ssim())));
    }

    private void example(Element parent, RestorationCheck.Example example, InputShape shape) {
        HtmlPage.add(parent, "h2", String.format(Locale.ROOT, "%s: %.2f dB", example.what(), example.psnr()));
        Element row = HtmlPage.add(parent, "div");
        row.setAttribute("class", "strip");
        pictures.add(row, "as it was", example.clean(), shape);
        for (Map.Entry<String, float[]> baseline : example.baselines().entrySet()) {
            pictures.add(row, baseline.getKey(), baseline.getValue(), shape);
        }
        pictures.add(row, "network", example.restored(), shape);
    }
}
