package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.stream.ShippedImages;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the retrainer says before it asks Kafka anything. */
class RetrainCommandTest {
    private static final String NOBODY = "localhost:1";

    @TempDir
    private Path directory;

    @Test
    void theFlagForTheGoldenSetWinsOverTheSetting() {
        String given = directory.resolve("given").toString();
        Invocation retrain = Invocation.of(
                "retrain",
                "--bootstrap-servers",
                NOBODY,
                "--set",
                "afterimage.retrain.golden=" + directory.resolve("configured"),
                "--golden",
                given);

        assertThat(retrain.code()).isEqualTo(Main.FAILED);
        assertThat(retrain.err())
                .contains("The golden set cannot be read", given)
                .doesNotContain("configured");
    }

    @Test
    void theSettingCountsWithoutTheFlag() {
        Invocation retrain = Invocation.of(
                "retrain",
                "--bootstrap-servers",
                NOBODY,
                "--set",
                "afterimage.retrain.golden=" + directory.resolve("configured"));

        assertThat(retrain.err()).contains("The golden set cannot be read", "configured");
    }

    @Test
    void aGoldenSetNeedsNormalImages() throws Exception {
        Path anomalous = Files.createDirectories(directory.resolve("golden/anomalous"));
        Files.write(
                anomalous.resolve("one.png"),
                ShippedImages.pngs(1, ShippedImages.FASHION).get(0));

        Invocation retrain = Invocation.of(
                "retrain",
                "--bootstrap-servers",
                NOBODY,
                "--golden",
                directory.resolve("golden").toString());

        assertThat(retrain.code()).isEqualTo(Main.FAILED);
        assertThat(retrain.err()).contains("has no normal images");
    }

    @Test
    void helpSaysWhatAGoldenSetIs() {
        assertThat(Invocation.succeed("retrain", "--help").out())
                .contains("--golden=DIR", "frozen images", "`anomalous`", "Wins over afterimage.retrain.golden");
    }
}
