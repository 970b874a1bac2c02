package io.afterimage.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.evaluate.DataSpecificity;
import io.afterimage.evaluate.EmbeddingCheck;
import io.afterimage.evaluate.GenerationCheck;
import io.afterimage.evaluate.LabelledPoint;
import io.afterimage.evaluate.LossinessCheck;
import io.afterimage.evaluate.RestorationCheck;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.InputShape;
import io.afterimage.image.Raster;
import io.afterimage.train.GenerativeQuality;
import io.afterimage.train.PictureQuality;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages on networks that give pictures: everything in one file, every picture one that can be decoded. */
class FamilyPagesTest {
    private static final InputShape SHAPE = new InputShape(3, 16, 20);
    private static final Pattern PICTURE = Pattern.compile("data:image/png;base64,([A-Za-z0-9+/=]+)");

    @TempDir
    private Path directory;

    private static float[] flat(float value) {
        float[] picture = new float[SHAPE.size()];
        Arrays.fill(picture, value);
        return picture;
    }

    private String read() throws Exception {
        String page = Files.readString(directory.resolve("new/report/index.html"));
        assertThat(PICTURE.matcher(page).replaceAll(""))
                .startsWith("<!DOCTYPE html>")
                .doesNotContain("http://", "https://", "src=\"file", "<script", "NaN", "Infinity");
        try (var files = Files.list(directory.resolve("new/report"))) {
            assertThat(files).hasSize(1);
        }
        return page;
    }

    private static List<Raster> pictures(String page) throws Exception {
        List<Raster> rasters = new ArrayList<>();
        Matcher matcher = PICTURE.matcher(page);
        while (matcher.find()) {
            rasters.add(new ImageDecoder(ImageLimits.DEFAULT)
                    .decode(Base64.getDecoder().decode(matcher.group(1)), "image/png"));
        }
        return rasters;
    }

    private String restoration(String baseline) throws Exception {
        RestorationCheck.Result result = new RestorationCheck.Result(
                7,
                new PictureQuality(23.456, 0.9123),
                Map.of(),
                Map.of(baseline, new PictureQuality(12.5, 0.5)),
                1,
                30);
        RestorationCheck.Example example = new RestorationCheck.Example(
                "worst", flat(1), flat(0.5f), flat(0.25f), Map.of(baseline, flat(0)), 12.345);
        new RestorationPage()
                .write(
                        directory.resolve("new/report"),
                        "denoise, stripes",
                        List.of(new RestorationCheck.Outcome(result, SHAPE, List.of(example))));
        return read();
    }

    @Test
    void restorationHasFiguresAndPicturesSideBySide() throws Exception {
        String page = restoration("as it is");

        assertThat(page)
                .contains("denoise, stripes", "23.46", "0.9123", "12.50", "0.5000", "worst: 12.35 dB", "<td>7</td>");
        List<Raster> pictures = pictures(page);
        assertThat(pictures).hasSize(3).allMatch(raster -> raster.width() == 20 && raster.height() == 16);
        assertThat(pictures.stream().map(raster -> raster.samples()[0] & 0xFF))
                .as("as it was, the baseline, the network")
                .containsExactly(255, 0, 64);
    }

    @Test
    void namesAreTextWhateverTheyAre() throws Exception {
        assertThat(restoration("<b>\"blur\"</b>"))
                .contains("<td>&lt;b&gt;\"blur\"&lt;/b&gt;</td>", "&quot;blur&quot;")
                .doesNotContain("><b>", "=\"<b>\"");
        assertThat(generation(List.of(new LabelledPoint("<i>cats</i>", 0, 0)), List.of()))
                .contains("&lt;i&gt;cats&lt;/i&gt;")
                .doesNotContain("<i>");
    }

    private String generation(List<LabelledPoint> points, List<float[]> grid) throws Exception {
        GenerationCheck.Result result = new GenerationCheck.Result(
                5,
                new GenerativeQuality(100.25, 7.5),
                Map.of(),
                Optional.of(new GenerativeQuality(120, 8)),
                206.5,
                1,
                30);
        List<List<float[]>> walks = Collections.nCopies(3, Collections.nCopies(4, flat(0.75f)));
        GenerationCheck.Evidence evidence =
                new GenerationCheck.Evidence(SHAPE, Collections.nCopies(20, flat(0.5f)), walks, grid, points);
        new GenerationPage()
                .write(
                        directory.resolve("new/report"),
                        "generation, stripes",
                        List.of(new GenerationCheck.Outcome(result, evidence)));
        return read();
    }

    @Test
    void generationHasSamplesWalksTheGridAndThePlane() throws Exception {
        List<LabelledPoint> points = List.of(
                new LabelledPoint("lying", 2, 0),
                new LabelledPoint("lying", 0, 1),
                new LabelledPoint("standing", -1, -2));

        String page = generation(points, Collections.nCopies(9, flat(1)));

        assertThat(page).contains("generation, stripes", "100.25", "7.50", "107.75", "128.00", "206.50");
        List<Raster> pictures = pictures(page);
        assertThat(pictures.stream().map(raster -> raster.width() / 20 + "x" + raster.height() / 16))
                .as("samples, walks, grid")
                .containsExactly("16x2", "4x3", "3x3");
        assertThat(pictures.get(2).samples()).containsOnly((byte) 255);
        assertThat(page).contains("alt=\"samples\"", "alt=\"interpolations\"", "alt=\"grid over the latent plane\"");
    }

    @Test
    void withoutAPlaneThereIsNoGrid() throws Exception {
        String page = generation(List.of(new LabelledPoint("lying", 0, 0)), List.of());

        assertThat(pictures(page)).hasSize(2);
        assertThat(page).doesNotContain("grid over the latent plane");
    }

    /** The longer side of what the points take comes close to the edges; up is up, and each label has a colour of its own. */
    @Test
    void pointsLieWhereTheyAreInTheColourOfTheirLabel() throws Exception {
        String page = generation(
                List.of(
                        new LabelledPoint("lying", 2, 0),
                        new LabelledPoint("lying", 0, 1),
                        new LabelledPoint("standing", -1, -2)),
                List.of());

        List<Map<String, String>> dots = new ArrayList<>();
        Matcher circle = Pattern.compile("<circle([^>]*)>").matcher(page);
        while (circle.find()) {
            Map<String, String> attributes = new HashMap<>();
            Matcher attribute = Pattern.compile("([a-z-]+)=\"([^\"]*)\"").matcher(circle.group(1));
            while (attribute.find()) {
                attributes.put(attribute.group(1), attribute.group(2));
            }
            dots.add(attributes);
        }
        assertThat(dots).as("three points and two of the legend").hasSize(5);
        assertThat(dots.get(0)).containsEntry("cx", "630.4").containsEntry("cy", "216.5");
        assertThat(dots.get(1)).containsEntry("cx", "216.5").containsEntry("cy", "9.6");
        assertThat(dots.get(2)).containsEntry("cx", "9.6").containsEntry("cy", "630.4");
        assertThat(dots.get(1).get("fill"))
                .isEqualTo(dots.get(0).get("fill"))
                .isEqualTo(dots.get(3).get("fill"));
        assertThat(dots.get(2).get("fill"))
                .isNotEqualTo(dots.get(0).get("fill"))
                .isEqualTo(dots.get(4).get("fill"));
        assertThat(page).contains(">lying<", ">standing<");
    }

    @Test
    void embeddingsHaveTheirReconstructionsAndTheirPlanes() throws Exception {
        EmbeddingCheck.Worth worth = new EmbeddingCheck.Worth(0.9876, 0.8765, 0.7654, 0.01234);
        List<LabelledPoint> plane = List.of(new LabelledPoint("lying", 1, 2), new LabelledPoint("standing", 3, 4));
        List<float[]> shown = List.of(flat(0), flat(0.25f));
        Map<String, EmbeddingCheck.Seen> seen = new TreeMap<>(Map.of(
                "autoencoder", new EmbeddingCheck.Seen(List.of(flat(1), flat(1)), plane),
                "components", new EmbeddingCheck.Seen(List.of(flat(0.5f), flat(0.5f)), List.of())));
        new EmbeddingPage()
                .write(
                        directory.resolve("new/report"),
                        "embedding, stripes",
                        List.of(
                                new EmbeddingCheck.Outcome(
                                        new EmbeddingCheck.Result(1, 2, worth, Map.of(), worth, worth),
                                        new EmbeddingCheck.Evidence(SHAPE, shown, seen)),
                                new EmbeddingCheck.Outcome(
                                        new EmbeddingCheck.Result(2, 2, worth, Map.of(), worth, worth),
                                        new EmbeddingCheck.Evidence(SHAPE, shown, seen))));

        String page = read();

        assertThat(page)
                .contains("embedding, stripes", "0.9876", "0.8765", "0.7654", "0.01234", "2 numbers instead of 960")
                .contains("The plane of the autoencoder", ">lying<", ">standing<")
                .doesNotContain("The plane of the components");
        assertThat(pictures(page).stream().map(raster -> raster.width() / 20 + "x" + raster.height() / 16))
                .as("of one seed: pictures and both reconstructions")
                .containsExactly("2x3");
    }

    @Test
    void whatIsLostIsShown() throws Exception {
        LossinessCheck.Lost lost = new LossinessCheck.Lost(0.01234, 56.78, 21.43, 0.8765);
        LossinessCheck.Lost more = new LossinessCheck.Lost(0.43215, 87.65, 9.87, 0.1234);
        new LossinessPage()
                .write(
                        directory.resolve("new/report"),
                        "lossy, stripes",
                        List.of(new LossinessCheck.Outcome(
                                new LossinessCheck.Result(1, Map.of("bce", lost), Map.of(), Map.of("PCA", more), 2),
                                SHAPE,
                                List.of(flat(0), flat(0.25f)),
                                Map.of("loss bce", List.of(flat(0), flat(1))))));

        String page = read();

        assertThat(page)
                .contains("lossy, stripes", "0.01234", "56.78", "21.43", "0.8765", "0.43215", "loss bce", "PCA");
        List<Raster> shown = pictures(page);
        assertThat(shown.stream().map(raster -> raster.width() / 20 + "x" + raster.height() / 16))
                .as("pictures above what comes back; differences")
                .containsExactly("2x2", "2x1");
        byte[] lostValues = shown.get(1).samples();
        assertThat(lostValues[0]).as("nothing is lost of the first").isEqualTo((byte) 0);
        assertThat(lostValues[lostValues.length - 1] & 0xff)
                .as("three quarters of white of the second")
                .isEqualTo(191);
    }

    @Test
    void whatAModelMakesOfEverySetIsShown() throws Exception {
        new DataSpecificityPage()
                .write(
                        directory.resolve("new/report"),
                        "data-specific, stripes",
                        List.of(new DataSpecificity.Outcome(
                                new DataSpecificity.Result("digits", 1, Map.of("digits", 0.0123, "clothes", 0.9871)),
                                SHAPE,
                                Map.of(
                                        "digits",
                                                new DataSpecificity.Seen(
                                                        List.of(flat(0), flat(0), flat(0)),
                                                        List.of(flat(0), flat(0), flat(0))),
                                        "clothes", new DataSpecificity.Seen(List.of(flat(1)), List.of(flat(0.5f)))))));

        String page = read();

        assertThat(page)
                .contains("data-specific, stripes", "0.0123", "0.9871", "What a model of digits makes of each set");
        assertThat(pictures(page).stream().map(raster -> raster.width() / 20 + "x" + raster.height() / 16))
                .containsExactlyInAnyOrder("3x2", "1x2");
    }

    @Test
    void pointsThatAreAllTheSameAreNoTrouble() throws Exception {
        generation(Collections.nCopies(3, new LabelledPoint("lying", 0, 0)), List.of());
    }
}
