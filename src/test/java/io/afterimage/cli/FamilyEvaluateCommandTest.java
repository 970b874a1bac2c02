package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.LabelledImage;
import io.afterimage.stream.ShippedImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Protocols on networks that give pictures, on few digits: what the networks are worth is measured elsewhere. */
class FamilyEvaluateCommandTest {
    private static final String PICTURE = "src=\"data:image/png;base64,[A-Za-z0-9+/=]+\"";

    @TempDir
    private static Path sets;

    private static Path train;
    private static Path test;

    @TempDir
    private Path directory;

    private Path report = Path.of("");
    private Path page = Path.of("");

    @BeforeAll
    static void writeImages() throws Exception {
        List<LabelledImage> digits = ShippedImages.first(200, ShippedImages.DIGITS);
        train = IdxFiles.write(sets.resolve("train"), digits.subList(0, 140));
        test = IdxFiles.write(sets.resolve("test"), digits.subList(140, 200));
    }

    @BeforeEach
    void choosePage() {
        report = directory.resolve("report");
        page = report.resolve("index.html");
    }

    private Invocation evaluate(String options) {
        Invocation command = Invocation.of(
                ("evaluate --images " + train + " --test " + test + " --epochs 1 --protocol " + options).split(" "));
        assertThat(command.err()).doesNotContain("afterimage: ");
        assertThat(command.code()).isZero();
        return command;
    }

    private JsonNode json(String options) {
        return JsonMapper.shared().readTree(evaluate(options + " --json").out());
    }

    /** All that is to be seen is in the file. */
    private void assertSelfContained(int pictures) throws Exception {
        String html = Files.readString(page);
        assertThat(html.replaceAll(PICTURE, ""))
                .startsWith("<!DOCTYPE html>")
                .doesNotContain("http://", "https://", "src=\"/", "src=\"file", "<link", "<script", "NaN");
        assertThat(html.split(PICTURE, -1)).hasSize(1 + pictures);
    }

    private static void assertBetweenClasses(JsonNode mean, Stream<JsonNode> perClass) {
        DoubleSummaryStatistics classes =
                perClass.mapToDouble(JsonNode::asDouble).summaryStatistics();
        assertThat(classes.getCount()).isEqualTo(10);
        assertThat(mean.asDouble()).isStrictlyBetween(classes.getMin(), classes.getMax());
    }

    @ParameterizedTest
    @CsvSource({
        "denoise --noise grain --width 4, 'as it is,mean image,median 3x3,PCA,linear'",
        "super-resolution --width 4, 'nearest,bicubic,linear'"
    })
    void restorationIsPrintedBesideItsBaselines(String options, String baselines) throws Exception {
        String protocol = options.substring(0, options.indexOf(' '));
        List<String> names = List.of(baselines.split(",", -1));

        JsonNode json = json(options + " --latent 8 --seeds 2 --report " + report);

        assertThat(json.get("protocol").asString()).isEqualTo(protocol);
        assertThat(json.get("seeds").toString()).isEqualTo("[1,2]");
        assertThat(json.get("baselines").propertyNames()).containsExactlyElementsOf(names);
        assertThat(json.get("trainingSeconds").asDouble()).isPositive();
        List<JsonNode> runs = new ArrayList<>();
        json.get("runs").forEach(runs::add);
        assertThat(runs).hasSize(2).allMatch(run -> run.get("images").asInt() == 60);
        for (String figure : List.of("psnr", "ssim")) {
            double one = runs.get(0).get("quality").get(figure).asDouble();
            double other = runs.get(1).get("quality").get(figure).asDouble();
            assertThat(json.get("mean").get(figure).asDouble()).isCloseTo((one + other) / 2, within(1e-9));
            assertThat(json.get("spread").get(figure).asDouble())
                    .isCloseTo(Math.abs(one - other) / Math.sqrt(2), within(1e-9))
                    .isPositive();
            for (String name : names) {
                assertThat(json.get("baselines").get(name).get(figure).asDouble())
                        .isFinite();
            }
            assertBetweenClasses(
                    json.get("mean").get(figure),
                    json.get("perClass").valueStream().map(label -> label.get(figure)));
        }
        assertSelfContained(3 * (names.size() + 2));
        assertThat(Files.readString(page)).contains("best: ", "median: ", "worst: ", protocol + ", ");
    }

    @Test
    void restorationIsPrintedAsATable() {
        Invocation command = evaluate("super-resolution --width 4 --seeds 1");

        assertThat(command.err()).contains("seed 1: 140 images to learn from, 60 to test on");
        assertThat(command.out())
                .contains("super-resolution, ", "1 epochs, width 4; seeds 1 to 1", "PSNR dB", "Means over 60 pictures")
                .containsPattern("network +\\d+\\.\\d\\d +-?\\d\\.\\d{4}")
                .containsPattern("bicubic +\\d+\\.\\d\\d +\\d\\.\\d{4}");
    }

    @Test
    void generationIsPrintedBesideItsBaselines() throws Exception {
        JsonNode json = json("generation --seeds 2 --report " + report);

        assertThat(json.get("protocol").asString()).isEqualTo("generation");
        assertThat(json.get("seeds").toString()).isEqualTo("[1,2]");
        assertThat(json.get("baselines").propertyNames()).containsExactly("mean image", "dense");
        assertThat(json.get("mean").asDouble())
                .isCloseTo(
                        json.get("reconstruction").asDouble()
                                + json.get("divergence").asDouble(),
                        within(1e-6));
        assertBetweenClasses(json.get("mean"), json.get("perClass").valueStream());
        assertThat(json.get("divergence").asDouble()).isPositive();
        assertThat(json.get("spread").asDouble()).isPositive();
        assertThat(json.get("baselines").get("mean image").asDouble()).isBetween(150.0, 300.0);
        assertThat(json.get("runs")).hasSize(2);
        assertSelfContained(3);
        assertThat(Files.readString(page)).contains("The whole latent plane", "<svg", "<circle");
    }

    @Test
    void generationIsPrintedAsATable() throws Exception {
        Invocation command =
                evaluate("generation --seeds 1 --architecture adversarial --loss mse --latent 3 --report " + report);

        assertThat(command.err()).contains("seed 1: adversarial, learning from", "wrote " + page);
        assertThat(command.out())
                .contains(
                        "adversarial, 3 latent dimensions, loss MSE, prior 1.0",
                        "negative ELBO",
                        "Per test picture, of 60")
                .containsPattern("seed 1 +\\d+\\.\\d\\d +0\\.00 ")
                .doesNotContain("dense");
        assertSelfContained(2);
    }

    @Test
    void embeddingsArePrintedBesidePrincipalComponents() {
        JsonNode json = json("embedding --seeds 1");

        assertThat(json.get("protocol").asString()).isEqualTo("embedding");
        assertThat(json.get("seeds").toString()).isEqualTo("[1]");
        assertThat(json.get("baselines").propertyNames()).containsExactly("variational", "PCA");
        for (JsonNode whose : List.of(
                json.get("mean"),
                json.get("baselines").get("variational"),
                json.get("baselines").get("PCA"))) {
            assertThat(whose.propertyNames()).containsExactly("2", "16", "32");
            for (JsonNode worth : whose) {
                assertThat(worth.get("neighbours").asDouble()).isBetween(0.05, 1.0);
                assertThat(worth.get("linear").asDouble()).isBetween(0.05, 1.0);
                assertThat(worth.get("trustworthiness").asDouble()).isBetween(0.3, 1.0);
                assertThat(worth.get("error").asDouble()).isBetween(0.001, 0.3);
            }
        }
        JsonNode pca = json.get("baselines").get("PCA");
        assertThat(pca.get("32").get("error").asDouble())
                .isLessThan(pca.get("16").get("error").asDouble());
        assertThat(pca.get("16").get("neighbours").asDouble())
                .isGreaterThan(pca.get("2").get("neighbours").asDouble());
        assertThat(json.get("runs")).hasSize(3);
        for (String dimensions : List.of("2", "16", "32")) {
            assertBetweenClasses(
                    json.get("mean").get(dimensions).get("neighbours"),
                    json.get("perClass").valueStream().map(label -> label.get(dimensions)));
        }
    }

    @Test
    void whatIsLostIsPrintedBesideWhatNeedsNoNetwork() throws Exception {
        JsonNode json = json("lossy --latent 8 --seeds 2 --report " + report);

        assertThat(json.get("protocol").asString()).isEqualTo("lossy");
        assertThat(json.get("seeds").toString()).isEqualTo("[1,2]");
        assertThat(json.get("mean").propertyNames()).containsExactly("bce", "mse");
        assertThat(json.get("baselines").propertyNames()).containsExactly("PCA", "mean image");
        assertThat(json.get("runs")).hasSize(2);
        for (String loss : List.of("bce", "mse")) {
            JsonNode mean = json.get("mean").get(loss);
            assertBetweenClasses(
                    mean.get("nats"),
                    json.get("perClass")
                            .valueStream()
                            .map(label -> label.get(loss).get("nats")));
            double one = json.get("runs")
                    .get(0)
                    .get("networks")
                    .get(loss)
                    .get("psnr")
                    .asDouble();
            double other = json.get("runs")
                    .get(1)
                    .get("networks")
                    .get(loss)
                    .get("psnr")
                    .asDouble();
            assertThat(mean.get("psnr").asDouble()).isCloseTo((one + other) / 2, within(1e-9));
        }
        assertSelfContained(2);
    }

    @Test
    void whatIsLostIsPrintedAsATable() {
        Invocation command = evaluate("lossy --latent 8 --seeds 1");

        assertThat(command.err()).contains("seed 1: loss mse, learning from 140 images");
        assertThat(command.out())
                .contains("lossy, ", "1 epochs, 8 numbers for a picture", "Means over 60 pictures")
                .containsPattern("loss bce +0\\.\\d{5} +0\\.00000 +\\d+\\.\\d\\d +\\d+\\.\\d\\d +-?\\d\\.\\d{4}")
                .containsPattern("PCA +0\\.\\d{5}");
    }

    @Test
    void embeddingsCanBeLookedAt() throws Exception {
        evaluate("embedding --seeds 1 --report " + report);

        // Pictures and reconstructions for each number of dimensions.
        assertSelfContained(3);
        assertThat(Files.readString(page)).contains("The plane of the variational autoencoder");
    }

    private Invocation dataSpecific(int images) throws Exception {
        Path digits = IdxFiles.write(directory.resolve("digits"), ShippedImages.first(images, ShippedImages.DIGITS));
        Path clothes = IdxFiles.write(directory.resolve("clothes"), ShippedImages.first(images, ShippedImages.FASHION));
        return Invocation.of(("evaluate --protocol data-specific --epochs 10 --seeds 1 --recipe fast --json --images "
                        + digits + " --others " + clothes + " --report " + report)
                .split(" "));
    }

    @Test
    void eachSetIsLearnedAndAllAreCounted() throws Exception {
        Invocation command = dataSpecific(450);

        assertThat(command.code()).isZero();
        JsonNode mean = JsonMapper.shared().readTree(command.out()).get("mean");
        List<String> all = List.copyOf(mean.propertyNames());
        assertThat(all).hasSize(2);
        double own = mean.get(all.get(0)).get(all.get(0)).asDouble();
        assertThat(own).isLessThan(0.2);
        assertThat(mean.get(all.get(0)).get(all.get(1)).asDouble()).isGreaterThan(own + 0.5);
        assertSelfContained(4);
    }

    /** Otherwise no image could ever be called anomalous, and every rate would be zero. */
    @Test
    void setsThatAreTooSmallToCalibrateAreRefused() throws Exception {
        Invocation command = dataSpecific(100);

        assertThat(command.code()).isEqualTo(Main.FAILED);
        assertThat(command.err()).contains("alpha 0.01 is out of reach of a calibration sample of 24 images");
        assertThat(page).doesNotExist();
    }

    /** Said before anything is measured, not an hour later. */
    @ParameterizedTest
    @ValueSource(strings = {"calibration", "contamination"})
    void whereThereIsNoPageItIsSaidAtOnce(String protocol) {
        Invocation command = Invocation.of("evaluate", "--protocol", protocol, "--report", report.toString());

        assertThat(command.err()).startsWith("afterimage: --report has nothing to show for " + protocol);
        assertThat(command.code()).isEqualTo(Main.USAGE);
        assertThat(page).doesNotExist();
    }
}
