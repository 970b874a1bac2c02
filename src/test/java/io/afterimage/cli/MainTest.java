package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @ParameterizedTest
    @ValueSource(strings = {"demo", "broker", "topics", "produce", "tail"})
    void teachesEachCommandByExample(String command) {
        Invocation help = Invocation.of(command, "--help");

        assertThat(help.code()).isEqualTo(Main.OK);
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).contains("Usage: afterimage " + command, "Examples:", "  afterimage " + command);
    }

    @Test
    void tellsItsVersion() {
        Invocation version = Invocation.of("--version");

        assertThat(version.code()).isEqualTo(Main.OK);
        assertThat(version.lines().get(0)).isEqualTo("afterimage " + Version.current());
    }

    @Test
    void asksForACommand() {
        Invocation nothing = Invocation.of();

        assertThat(nothing.code()).isEqualTo(Main.USAGE);
        assertThat(nothing.out()).isEmpty();
        assertThat(nothing.err()).contains("Which command?", "See: afterimage --help");
    }

    @Test
    void suggestsTheCommandThatWasMeant() {
        Invocation misspelt = Invocation.of("topic");

        assertThat(misspelt.code()).isEqualTo(Main.USAGE);
        assertThat(misspelt.err()).contains("topics");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "broker --port 70000",
                "demo --rate 0",
                "demo --images 0",
                "demo --seconds -1",
                "topics create --partitions 0 --bootstrap-servers localhost:1",
                "topics create --replication-factor 0 --bootstrap-servers localhost:1",
                "produce --images builtin:digits --stream a --rate 0 --bootstrap-servers localhost:1",
                "produce --images builtin:digits --stream a --limit 0 --bootstrap-servers localhost:1",
                "tail --limit 0 --bootstrap-servers localhost:1",
                "tail --bootstrap-servers localhost:1 --set kafka.nonsense=1"
            })
    void refusesWhatCannotBeMeant(String line) {
        Invocation refused = Invocation.of(line.split(" "));

        assertThat(refused.code()).isEqualTo(Main.USAGE);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).startsWith("afterimage: ").doesNotContain("\tat ");
    }

    @Test
    void saysInOneLineWhyImagesCannotBeRead() {
        Invocation failed = Invocation.of(
                "produce", "--images", "/no/such/place", "--stream", "a", "--bootstrap-servers", "localhost:1");

        assertThat(failed.code()).isEqualTo(Main.FAILED);
        assertThat(failed.err().lines()).singleElement().asString().contains("/no/such/place");
    }

    @Test
    void showsStackTracesWhenAsked() {
        Invocation failed = Invocation.of(
                "produce",
                "--images",
                "/no/such/place",
                "--stream",
                "a",
                "--bootstrap-servers",
                "localhost:1",
                "--verbose");

        assertThat(failed.code()).isEqualTo(Main.FAILED);
        assertThat(failed.err()).contains("\tat io.afterimage.cli.ProduceCommand.call");
    }
}
