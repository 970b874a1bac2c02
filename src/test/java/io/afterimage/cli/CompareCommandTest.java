package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a comparison before Kafka is asked. */
class CompareCommandTest {
    @ParameterizedTest
    @CsvSource({
        "'aaaaaaaaaaaa', Missing required parameter",
        "'aaaaaaaaaaaa latest', '12 hex digits, not ''latest'''",
        "'aaaaaaaaaaaa aaaaaaaaaaaa', the same model",
        "'aaaaaaaaaaaa bbbbbbbbbbbb --last 0', --last",
        "'aaaaaaaaaaaa bbbbbbbbbbbb --last 100001', --last",
        "'aaaaaaaaaaaa bbbbbbbbbbbb --since yesterday', --since",
        "'aaaaaaaaaaaa bbbbbbbbbbbb --since -PT1H', --since"
    })
    void saysWhatIsWrong(String line, String complaint) {
        Comparing command = Comparing.run(line.split(" "));

        assertThat(command.code()).isEqualTo(Main.USAGE);
        assertThat(command.err()).contains(complaint);
        assertThat(command.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"90s, PT90S", "30m, PT30M", "2h, PT2H", "7d, P7D", "PT1H30M, PT1H30M"})
    void readsDurations(String text, Duration expected) {
        assertThat(new CompareCommand.Ago().convert(text)).isEqualTo(expected);
    }

    @Test
    void readsNoOtherDurations() {
        assertThatExceptionOfType(java.time.format.DateTimeParseException.class)
                .isThrownBy(() -> new CompareCommand.Ago().convert("2 weeks"));
    }
}
