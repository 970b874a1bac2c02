package io.afterimage;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.config.RetrainSettings;
import io.afterimage.config.ServiceSettings;
import io.afterimage.metrics.MeterCatalogue;
import io.afterimage.metrics.OperatorMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README lists is what the code has. */
class ReadmeTest {
    private final String readme = readme();

    @Test
    void listsTheSettings() {
        assertThat(readme).contains(ServiceSettings.markdownTable()).contains(RetrainSettings.markdownTable());
    }

    @Test
    void listsTheMeters() {
        assertThat(readme)
                .contains(MeterCatalogue.markdownTable(MeterCatalogue.all()))
                .contains(MeterCatalogue.markdownTable(MeterCatalogue.retrain()))
                .contains(MeterCatalogue.markdownTable(MeterCatalogue.process()))
                .contains(OperatorMeters.markdownTable());
    }

    @Test
    void namesTheFileToReadFirst() {
        String first = "src/main/java/io/afterimage/stream/ScoringTopology.java";

        assertThat(readme).contains(first);
        assertThat(Path.of(first)).exists();
    }

    private static String readme() {
        try {
            return Files.readString(Path.of("README.md"));
        } catch (IOException e) {
            throw new AssertionError("README.md cannot be read", e);
        }
    }
}
