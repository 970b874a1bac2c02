package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.ModelArtifact;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.registry.ModelsTopic;
import io.afterimage.stream.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The retrainer beside a service under load: killed while it learns, started again, its candidates judged. */
@Tag("kafka")
@Tag("service")
class RetrainIT {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final Pattern LEARNING = Pattern.compile("Learning: step");
    private static final Pattern JUDGED = Pattern.compile("Candidate \\w+ is (refused|promoted): .+");

    private static final Map<String, String> SETTINGS = Map.of(
            "AFTERIMAGE_RETRAIN_IMAGES", "500",
            "AFTERIMAGE_RETRAIN_LEAST_IMAGES", "400",
            "AFTERIMAGE_RETRAIN_DRIFT", "false",
            "AFTERIMAGE_RETRAIN_EPOCHS", "1");

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
    void aKilledRetrainerLeavesTheModelAsItWasAndLearnsAgain() throws Exception {
        deployment.createTopics(TOPICS);
        ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(TOPICS);
        try (Progress progress = new Progress(deployment, TOPICS);
                Answers answers = new Answers(deployment, TOPICS, guarantee);
                Feed feed = Feed.start(deployment, TOPICS, 200, guarantee)) {
            Child service = deployment.serve(TOPICS, "first", Map.of());
            Child retrainer = deployment.retrain(TOPICS, SETTINGS);
            retrainer.awaitOutput(LEARNING);
            retrainer.kill();
            assertThat(current()).isEqualTo(shipped());

            retrainer = deployment.retrain(TOPICS, SETTINGS);
            retrainer.awaitOutput(JUDGED);
            progress.awaitImages(100, service, retrainer);

            feed.stop();
            answers.readUntilBalanced();
            assertThat(retrainer.terminate()).isZero();
            assertThat(service.terminate()).isZero();
            answers.readToTheEnd();
        }
        assertThat(current()).matches("[0-9a-f]{12}");
        // Scores of a picture may differ: a candidate may have been promoted.
        ExactlyOnceGuarantee.Account account = guarantee.account();
        assertThat(account.published())
                .as(account.toString())
                .isPositive()
                .isEqualTo(account.scored() + account.deadLetters());
        assertThat(account.lost() + account.duplicated() + account.wrong() + account.outOfOrder())
                .as(account.toString())
                .isZero();
    }

    private static String shipped() throws Exception {
        return ModelArtifact.builtin().manifest().version();
    }

    /** The version a fresh instance would begin with, fetched and verified. */
    private String current() throws Exception {
        try (ModelsTopic models = new ModelsTopic(
                deployment.client(Map.of()), TOPICS.models(), Optional.of("digits"), ModelSignatures.NOT_REQUIRED)) {
            models.readToEnd(Duration.ofSeconds(30));
            String version = models.current("digits").orElseThrow().version();
            return models.load("digits", version).manifest().version();
        }
    }
}
