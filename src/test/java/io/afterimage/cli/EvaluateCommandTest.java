package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvaluateCommandTest {
    @TempDir
    private Path directory;

    /** Small models of few digits: what they are worth is measured elsewhere, here it counts that the figures are there. */
    @Test
    void printsFallsOfAnAreaUnderTheCurve() {
        Invocation command = Invocation.of(
                "evaluate", "--protocol", "contamination", "--normal", "2", "--seeds", "1", "--epochs", "10", "--json");

        assertThat(command.code()).isZero();
        assertThat(command.err()).contains("label 2, seed 1: a clean window");
        JsonNode json = JsonMapper.shared().readTree(command.out());
        assertThat(json.get("protocol").asString()).isEqualTo("contamination");
        assertThat(json.get("seeds")).hasSize(1);
        assertThat(json.get("mean").get("clean").asDouble()).isBetween(0.7, 1.0);
        JsonNode run = json.get("runs").get(0);
        double clean = run.get("clean").asDouble();
        for (JsonNode contaminated : run.get("contaminated")) {
            JsonNode falls =
                    json.get("perClass").get("2").get(contaminated.get("share").asString());
            assertThat(falls.get("trimmedFall").asDouble())
                    .isEqualTo(clean - contaminated.get("trimmed").asDouble());
            assertThat(falls.get("untrimmedFall").asDouble())
                    .isEqualTo(clean - contaminated.get("untrimmed").asDouble());
        }
        JsonNode worst = run.get("contaminated").get(1);
        assertThat(worst.get("share").asDouble()).isEqualTo(0.05);
        assertThat(worst.get("untrimmed").asDouble()).isBetween(0.7, 1.0).isNotEqualTo(clean);
    }

    /** Strokes of one digit against those of another: nothing beats the mean image by much with so few pictures. */
    @ParameterizedTest
    @CsvSource({"one-class, 0", "leave-one-out, 1", "'normal-vs:3,4', '3,4'"})
    void printsAreasUnderTheCurveBesideBaselines(String protocol, String task) {
        String only = protocol.startsWith("normal") ? "" : " --normal " + task;
        Invocation command =
                Invocation.of(("evaluate --protocol " + protocol + only + " --seeds 2 --epochs 3 --json").split(" "));

        assertThat(command.err()).contains(task + ", seed 2: ");
        assertThat(command.code()).isZero();
        JsonNode json = JsonMapper.shared().readTree(command.out());
        assertThat(json.get("protocol").asString()).isEqualTo(protocol);
        assertThat(json.get("seeds")).hasSize(2);
        assertThat(json.get("baselines").propertyNames()).containsExactly("mean image", "PCA", "max - median");
        assertThat(json.get("perClass").propertyNames()).containsExactly(task);
        assertThat(json.get("alarmRate").asDouble()).isBetween(0.0, 0.5);
        double mean = json.get("mean").asDouble();
        assertThat(mean).isEqualTo(json.get("perClass").get(task).asDouble()).isBetween(0.5, 1.0);
        JsonNode runs = json.get("runs");
        assertThat((runs.get(0).get("area").asDouble() + runs.get(1).get("area").asDouble()) / 2)
                .isCloseTo(mean, within(1e-12));
        assertThat(json.get("spread").get(task).asDouble()).isPositive();
    }

    @Test
    void printsRealisedAlarmRatesWithTheirInterval() {
        Invocation command =
                Invocation.of(("evaluate --protocol calibration --images builtin:digits-test --seeds 2 --epochs 1"
                                + " --recipe fast --json")
                        .split(" "));

        assertThat(command.err()).contains("alpha 0.001 is too small for 480 calibration images");
        assertThat(command.code()).isZero();
        JsonNode json = JsonMapper.shared().readTree(command.out());
        assertThat(json.get("seeds")).hasSize(2);
        assertThat(json.get("mean").get("0.01").asDouble()).isBetween(0.0001, 0.05);
        boolean inside = true;
        for (JsonNode run : json.get("runs")) {
            assertThat(run.get("rates")).hasSize(1);
            for (JsonNode rate : run.get("rates")) {
                double alpha = rate.get("alpha").asDouble();
                double realised = rate.get("realised").asDouble();
                double lowest = rate.get("lowest").asDouble();
                double highest = rate.get("highest").asDouble();
                assertThat(lowest).isLessThan(alpha);
                assertThat(highest).isBetween(alpha, 5 * alpha);
                inside &= realised >= lowest && realised <= highest;
                DoubleSummaryStatistics labels = rate.get("perClass")
                        .valueStream()
                        .mapToDouble(JsonNode::asDouble)
                        .summaryStatistics();
                assertThat(labels.getCount()).isEqualTo(10);
                assertThat(realised).isStrictlyBetween(labels.getMin(), labels.getMax());
                assertThat(rate.get("normal").asDouble()).isBetween(0.0, 0.1);
            }
        }
        assertThat(json.get("perClass").propertyNames()).hasSize(10);
        JsonNode normal = json.get("baselines").get("normal distribution");
        assertThat(normal.propertyNames()).containsExactly("0.01");
        assertThat(normal.get("0.01")).isNotEqualTo(json.get("mean").get("0.01"));
        assertThat(json.get("inside").asBoolean()).isEqualTo(inside);
    }

    @Test
    void holdsImagesOutWhereThereIsNoTestSet() {
        Invocation command = Invocation.of(
                "evaluate",
                "--protocol",
                "one-class",
                "--images",
                "builtin:digits-test",
                "--normal",
                "7",
                "--seeds",
                "1",
                "--epochs",
                "1",
                "--report",
                directory.toString());

        assertThat(directory.resolve("index.html")).content().contains("<h2>7</h2>", "normal, highest score");
        assertThat(command.err()).containsPattern("7, seed 1: 180 normal images .* 45 normal and 1,775 anomalous");
        assertThat(command.out())
                .contains("test on a fifth of the normal images", "AUROC", "max - median")
                .as("45 images cannot be calibrated on for alpha 0.01: the rate is none, not 0")
                .containsPattern("7 +\\d\\.\\d{4} +0\\.0000 +- ");
        assertThat(command.code()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "'evaluate', '--protocol', 2",
        "'evaluate --protocol guessing', 'contamination', 2",
        "'evaluate --protocol contamination --seeds 0', '--seeds', 2",
        "'evaluate --protocol contamination --trim 0.6', '--trim', 2",
        "'evaluate --protocol contamination --normal nine', 'nine', 1",
        "'evaluate --protocol normal-vs:good', 'good', 1",
        "'evaluate --protocol normal-vs:0,1,2,3,4,5,6,7,8,9', 'one that is not', 1",
        "'evaluate --protocol one-class --recipe slow', 'slow', 2",
        "'evaluate --protocol one-class --latent 0', '--latent', 2",
        "'evaluate --protocol data-specific', '--others', 2",
        "'evaluate --protocol denoise --others builtin:fashion', 'no other protocol does', 2",
        "'evaluate --protocol denoise --noise hum', 'there are fog, grain, salt-and-pepper, blocks, any', 2",
        "'evaluate --protocol denoise --width 0', 'width must be within 1..512', 2",
        "'evaluate --protocol generation --architecture gan', 'dense-variational, adversarial', 2",
        "'evaluate --protocol generation --loss l1', 'there are bce, mse', 2",
        "'evaluate --protocol generation --prior-weight -1', 'prior must be above 0', 2",
        "'evaluate --protocol denoise --images builtin:digits', 'denoise needs images to test on: --test', 1",
        "'evaluate --protocol super-resolution --images builtin:digits', '--test', 1",
        "'evaluate --protocol embedding --images builtin:digits', '--test', 1",
        "'evaluate --protocol generation --images builtin:digits', '--test', 1",
        "'evaluate --protocol contamination --images builtin:digits', '--test', 1",
        "'evaluate --protocol contamination --images nowhere', 'no such file', 1"
    })
    void saysWhatIsWrong(String line, String complaint, int code) {
        Invocation command = Invocation.of(line.split(" "));

        assertThat(command.err()).contains("afterimage: ", complaint).doesNotContain("\tat ");
        assertThat(command.code()).isEqualTo(code);
    }
}
