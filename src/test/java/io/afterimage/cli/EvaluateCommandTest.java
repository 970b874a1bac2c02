package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvaluateCommandTest {
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

    @ParameterizedTest
    @CsvSource({
        "'evaluate', '--protocol', 2",
        "'evaluate --protocol guessing', 'contamination', 2",
        "'evaluate --protocol contamination --seeds 0', '--seeds', 2",
        "'evaluate --protocol contamination --trim 0.6', '--trim', 2",
        "'evaluate --protocol contamination --normal nine', 'nine', 1",
        "'evaluate --protocol contamination --images nowhere', 'no such file', 1"
    })
    void saysWhatIsWrong(String line, String complaint, int code) {
        Invocation command = Invocation.of(line.split(" "));

        assertThat(command.err()).contains("afterimage: ", complaint).doesNotContain("\tat ");
        assertThat(command.code()).isEqualTo(code);
    }
}
