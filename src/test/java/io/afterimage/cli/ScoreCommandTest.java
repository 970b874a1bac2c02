package io.afterimage.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.afterimage.model.ModelArtifact;
import io.afterimage.stream.ShippedImages;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ScoreCommandTest {
    @TempDir
    private Path directory;

    @Test
    void everyLineIsAScoreByTheContract() throws Exception {
        List<JsonNode> lines = Invocation.succeed("score", "--images", ShippedImages.DIGITS, "--limit", "40")
                .json();

        assertThat(lines).hasSize(40);
        Schema schema = schema();
        assertThat(lines)
                .allSatisfy(line -> assertThat(schema.validate(
                                line,
                                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true))))
                        .isEmpty());
        assertThat(lines.stream().map(line -> line.get("id").asString()))
                .containsExactlyElementsOf(ShippedImages.first(40, ShippedImages.DIGITS).stream()
                        .map(image -> image.name())
                        .toList());
        // Nobody says when these images were taken.
        assertThat(lines.get(0).get("time").asString()).isEqualTo("1970-01-01T00:00:00Z");
    }

    @Test
    void verdictsFollowAlpha() {
        List<JsonNode> clothing = Invocation.succeed(
                        "score", "--images", ShippedImages.FASHION, "--limit", "20", "--alpha", "0.2")
                .json();

        assertThat(clothing).allSatisfy(line -> {
            assertThat(line.get("alpha").asDouble()).isEqualTo(0.2);
            assertThat(line.get("verdict").asString())
                    .isEqualTo(line.get("pValue").asDouble() <= 0.2 ? "anomalous" : "normal");
        });
        assertThat(clothing.stream().map(line -> line.get("verdict").asString()))
                .contains("anomalous");
    }

    @Test
    void anImageThatCannotBeReadGetsAReasonAndTheOthersAScore() throws Exception {
        byte[] digit = ShippedImages.pngs(1, ShippedImages.DIGITS).get(0);
        Files.write(directory.resolve("a.png"), digit);
        Files.write(directory.resolve("b.png"), "no picture".getBytes(UTF_8));
        Files.write(directory.resolve("c.png"), digit);

        List<JsonNode> lines =
                Invocation.succeed("score", "--images", directory.toString()).json();

        assertThat(lines.stream().map(line -> line.get("id").asString())).containsExactly("a.png", "b.png", "c.png");
        assertThat(lines.get(1).get("reason").asString()).isEqualTo("unknown-format");
        assertThat(lines.get(1).get("message").asString()).isNotEmpty();
        assertThat(lines.get(1).has("score")).isFalse();
        assertThat(lines.get(2).get("score")).isEqualTo(lines.get(0).get("score"));
    }

    @Test
    void theShippedModelOnDiskGivesTheSameScores() throws Exception {
        ModelArtifact.builtin().write(directory);

        Invocation builtin = Invocation.succeed("score", "--images", ShippedImages.DIGITS, "--limit", "3");
        Invocation onDisk = Invocation.succeed(
                "score", "--images", ShippedImages.DIGITS, "--limit", "3", "--model", directory.toString());

        assertThat(onDisk.out()).isEqualTo(builtin.out());
    }

    @ParameterizedTest
    @CsvSource({
        "'score', 'Missing required option', 2",
        "'score --images builtin:cats', 'builtin:digits', 1",
        "'score --images no-such-folder', 'no such file or folder', 1",
        "'score --images builtin:fashion --model no-such-model', 'there is no model', 1",
        "'score --images builtin:fashion --limit few', '--limit', 2",
        "'score --images builtin:fashion --limit -1', '--limit', 2",
        "'score --images builtin:fashion --alpha 0.0001', 'alpha 1.0E-4 is out of reach of a calibration sample of 2400', 2",
        "'score --images builtin:fashion --alpha 0', 'alpha', 2",
        "'score --images builtin:fashion --alpha 1.5', 'alpha', 2",
        "'score --images builtin:fashion --alpha NaN', 'alpha', 2",
        "'score --images builtin:fashion --fast', 'fast', 2"
    })
    void saysWhatIsWrong(String line, String complaint, int code) {
        Invocation command = Invocation.of(line.split(" "));

        assertThat(command.err()).startsWith("afterimage: ").contains(complaint).doesNotContain("\tat ");
        assertThat(command.code()).isEqualTo(code);
        assertThat(command.out()).isEmpty();
    }

    private static Schema schema() throws Exception {
        try (InputStream schema = ScoreCommandTest.class.getResourceAsStream("/contracts/score.schema.json")) {
            assertThat(schema).isNotNull();
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(schema.readAllBytes(), UTF_8));
        }
    }
}
