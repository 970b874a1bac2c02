package io.afterimage.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;

/** What a protocol of {@code evaluate} found, in the forms in which it is given. */
sealed interface Findings
        permits DetectionReport,
                CalibrationReport,
                ContaminationReport,
                RestorationReport,
                GenerationReport,
                EmbeddingReport,
                LossinessReport,
                DataSpecificityReport {

    /** For people. */
    void print(PrintWriter out);

    /** For machines. */
    Map<String, Object> json();

    /**
     * To look at: writes {@code index.html}.
     *
     * @param directory made when it is not there
     * @param headline what was measured, in a line
     * @throws CommandFailedException when there is nothing to see
     */
    default void page(Path directory, String headline) throws IOException {
        throw new CommandFailedException("--report has nothing to show for this protocol; leave it out");
    }
}
