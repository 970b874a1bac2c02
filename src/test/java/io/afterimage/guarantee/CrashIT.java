package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.stream.BufferedScoring;
import io.afterimage.stream.Topics;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service keeps its promise through crashes, and the test would notice one that does not. */
@Tag("kafka")
@Tag("service")
class CrashIT {
    private static final CrashProcedure PROCEDURE = new CrashProcedure(400, 4, 4000, 20_261_101);

    private static final Topics TOPICS = Topics.DEFAULT;

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init") // before each test
    private Deployment deployment;

    @BeforeEach
    void start() throws Exception {
        deployment = Deployment.start(directory);
    }

    @AfterEach
    void close() {
        deployment.close();
    }

    @Test
    void theServiceScoresEveryImageOnceThroughCrashesAndRebalancing() throws Exception {
        ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(TOPICS);

        CrashProcedure.Exits exits =
                PROCEDURE.run(deployment, TOPICS, instance -> deployment.serve(TOPICS, instance, Map.of()), guarantee);

        System.out.println(guarantee.account());
        guarantee.verify();
        assertThat(MinutesChangelog.imagesByStream(deployment, TOPICS))
                .as("what the state store counted")
                .isEqualTo(guarantee.readableByStream());
        assertThat(exits).isEqualTo(new CrashProcedure.Exits(0, 0));
    }

    @Test
    void aServiceThatKeepsImagesBackIsCaught() throws Exception {
        ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(TOPICS);

        PROCEDURE.run(
                deployment, TOPICS, instance -> deployment.serve(BufferedScoring.class, TOPICS, instance), guarantee);

        System.out.println(guarantee.account());
        assertThat(guarantee.account().lost()).isPositive();
    }
}
