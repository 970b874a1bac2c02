package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoCommandIT {
    @Test
    void endsWithASummaryInWhichEveryImageHasItsVerdict() {
        Invocation demo = Invocation.of("demo", "--images", "400", "--rate", "400", "--port", "0", "--json");

        assertThat(demo.err()).isEmpty();
        assertThat(demo.code()).isEqualTo(Main.OK);
        List<String> lines = demo.lines();
        JsonNode summary = JsonMapper.shared().readTree(lines.get(lines.size() - 1));
        assertThat(summary.propertyNames())
                .containsExactly("published", "scored", "anomalous", "deadLetters", "imagesPerSecond", "seconds");
        assertThat(summary.get("published").asInt()).isEqualTo(400);
        assertThat(summary.get("scored").asInt()).isEqualTo(400);
        assertThat(summary.get("deadLetters").asInt()).isZero();
        assertThat(summary.get("anomalous").asInt()).isBetween(1, 399);
        assertThat(demo.out()).contains("fashion item", "false alarms").doesNotContain("\u001b");
    }

    @Test
    void stopsByItselfAfterSomeSeconds() {
        Invocation demo = Invocation.of("demo", "--seconds", "1", "--rate", "50", "--port", "0", "--json");

        assertThat(demo.code()).isEqualTo(Main.OK);
        List<String> lines = demo.lines();
        JsonNode summary = JsonMapper.shared().readTree(lines.get(lines.size() - 1));
        assertThat(summary.get("published").asInt()).isBetween(1, 50);
        assertThat(summary.get("scored")).isEqualTo(summary.get("published"));
    }

    @Test
    void leavesAStartThatIsInterrupted() {
        StopSignal stop = new StopSignal(code -> {});
        stop.request();

        Invocation demo = Invocation.of(stop, "demo", "--json");

        assertThat(demo.code()).isEqualTo(Main.OK);
        assertThat(demo.out()).doesNotContain("scoring service").contains("\"published\":0");
    }

    @Test
    void saysWhyTheServiceDidNotStart() {
        ServiceStart broken = (servers, port, state) -> {
            throw new IllegalStateException("the model is damaged");
        };

        Invocation demo = Invocation.of(new StopSignal(code -> {}), broken, "demo");

        assertThat(demo.code()).isEqualTo(Main.FAILED);
        assertThat(demo.err()).isEqualToIgnoringNewLines("afterimage: the model is damaged");
    }
}
