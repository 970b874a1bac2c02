package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.ModelArtifact;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keeps the service from starting, found without a broker. */
class ServeCommandTest {
    @ParameterizedTest
    @CsvSource({
        "'serve --set afterimage.alpha=0.0001', 'alpha 1.0E-4 is out of reach of a calibration sample of 2400 images', 2",
        "'serve --set afterimage.alpha=2', 'afterimage.alpha', 2",
        "'serve --set afterimage.alhpa=0.01', 'afterimage.alpha', 2",
        "'serve --set kafka.session.timeout.ms=soon', 'session.timeout.ms', 2",
        "'serve --set afterimage.model=no-such-model', 'there is no model at', 1",
        "'serve --set afterimage.challenger=no-such-model', 'there is no model at', 1",
        "'serve --set afterimage.challenger=/nowhere', 'there is no model at /nowhere', 1",
        "'serve --now', 'Unknown option', 2"
    })
    void saysWhatIsWrong(String line, String complaint, int code) {
        Invocation command = Invocation.of((line + " --bootstrap-servers 127.0.0.1:1").split(" "));

        assertThat(command.err()).startsWith("afterimage: ").contains(complaint).doesNotContain("\tat ");
        assertThat(command.code()).isEqualTo(code);
        assertThat(command.out()).isEmpty();
    }

    @Test
    void refusesAChallengerThatCouldNeverRaiseAnAlarm(@TempDir Path directory) throws Exception {
        ModelArtifact builtin = ModelArtifact.builtin();
        builtin.withScoring(builtin.manifest().scoring(), List.of(1.0, 2.0)).write(directory);

        Invocation command = Invocation.of(
                "serve", "--bootstrap-servers", "127.0.0.1:1", "--set", "afterimage.challenger=" + directory);

        assertThat(command.err())
                .contains("afterimage.challenger: alpha 0.01 is out of reach of a calibration sample of 2 images");
        assertThat(command.code()).isEqualTo(Main.USAGE);
    }
}
