package io.afterimage.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.evaluate.Baseline;
import io.afterimage.evaluate.Detection;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.InputShape;
import io.afterimage.image.Raster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionPageTest {
    private static final InputShape SHAPE = new InputShape(1, 16, 20);
    private static final Pattern PICTURE = Pattern.compile("data:image/png;base64,([A-Za-z0-9+/=]+)");

    @TempDir
    private Path directory;

    private String page(double[] normal, double[] anomalous) throws Exception {
        Detection.Result result = new Detection.Result(
                "<b>cats</b> & dogs",
                1,
                0.9876,
                Map.of(Baseline.PCA, 0.75, Baseline.MEAN_IMAGE, 0.5, Baseline.MAX_LESS_MEDIAN, 0.5),
                OptionalDouble.of(0.0125),
                12.5,
                99,
                normal.length,
                anomalous.length);
        float[] image = new float[SHAPE.size()];
        image[SHAPE.width() + 2] = 1;
        Detection.Example example = new Detection.Example(
                "normal, median score", image, new float[image.length], new float[image.length], 1.25, 0.5);
        new DetectionPage(SHAPE)
                .write(
                        directory.resolve("new/report"),
                        "one-class",
                        List.of(result),
                        List.of(new Detection.Evidence(result.task(), normal, anomalous, List.of(example))));
        return Files.readString(directory.resolve("new/report/index.html"));
    }

    @Test
    void hasFiguresChartsAndPicturesInOneFile() throws Exception {
        String page = page(new double[] {1, 2, 3}, new double[] {2.5, 4, 5});

        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("0.9876", "0.7500", "0.0125", "one-class", "normal, median score 1.25, p 0.5000")
                .doesNotContain("http://", "https://", "src=\"file");
        assertThat(page.split("<svg", -1)).hasSize(3);
        Matcher pictures = PICTURE.matcher(page);
        assertThat(pictures.find()).isTrue();
        Raster image = new ImageDecoder(ImageLimits.DEFAULT)
                .decode(Base64.getDecoder().decode(pictures.group(1)), "image/png");
        assertThat(image.width()).isEqualTo(20);
        assertThat(image.height()).isEqualTo(16);
        assertThat(image.samples()[20 + 2]).isEqualTo((byte) 255);
        assertThat(image.samples()[0]).isZero();
    }

    @Test
    void labelsAreTextWhateverTheyAre() throws Exception {
        assertThat(page(new double[] {1, 2}, new double[] {2, 3}))
                .contains("&lt;b&gt;cats&lt;/b&gt; &amp; dogs")
                .doesNotContain("<b>");
    }

    /** A curve of perfect scores leaves the left edge at the top. */
    @Test
    void drawsTheCurveOfTheScores() throws Exception {
        Pattern curve = Pattern.compile("polyline[^>]* points=\"([^\"]+)\"");

        Matcher perfect = curve.matcher(page(new double[] {1, 2, 3}, new double[] {4, 5, 6}));
        Matcher useless = curve.matcher(page(new double[] {4, 5, 6}, new double[] {1, 2, 3}));

        assertThat(perfect.find() && useless.find()).isTrue();
        assertThat(perfect.group(1)).startsWith("52.0,8.0");
        assertThat(useless.group(1)).startsWith("52.0,206.0");
    }

    @Test
    void sameScoresEverywhereAreNoTrouble() throws Exception {
        assertThat(page(new double[] {1, 1}, new double[] {1, 1})).doesNotContain("NaN", "Infinity");
    }
}
