package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.stream.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, stopping and outages, as the one who operates the service meets them. Every test has topics of its own. */
@Tag("kafka")
@Tag("service")
class OperationIT {
    private static final int IMAGES_PER_SECOND = 500;

    /** Kafka's own patience is a minute. */
    private static final Map<String, String> IMPATIENT =
            Map.of("KAFKA_DEFAULT_API_TIMEOUT_MS", "3000", "KAFKA_REQUEST_TIMEOUT_MS", "2000");

    @TempDir
    private static Path directory;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Deployment deployment;

    @BeforeAll
    static void start() throws Exception {
        deployment = Deployment.start(directory);
    }

    @AfterEach
    void stopServices() {
        deployment.closeServices();
    }

    @AfterAll
    static void close() {
        deployment.close();
    }

    @Test
    void aSteadyServiceComputesEveryImageAheadAndStopsCleanly() throws Exception {
        Topics topics = new Topics("steady");
        ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(topics);
        deployment.createTopics(topics);
        try (Progress progress = new Progress(deployment, topics);
                Answers answers = new Answers(deployment, topics, guarantee)) {
            Child service = deployment.serve(topics, "service", Map.of());
            OperationsPage page = OperationsPage.of(service);
            try (Feed feed = Feed.start(deployment, topics, IMAGES_PER_SECOND, guarantee)) {
                progress.awaitImages(5000, service);
                feed.stop();
            }
            answers.readUntilBalanced();
            ExactlyOnceGuarantee.Account account = guarantee.account();

            assertThat(page.status("/readyz")).isEqualTo(200);
            assertThat(page.sum("afterimage_lookahead_results_total", "outcome=\"miss\""))
                    .isZero();
            assertThat(page.sum("afterimage_lookahead_results_total", "outcome=\"failure\""))
                    .isZero();
            assertThat(page.sum("afterimage_lookahead_results_total", "outcome=\"hit\""))
                    .isEqualTo(account.published());
            assertThat(page.sum("afterimage_images_scored_total", "")).isEqualTo(account.scored());
            assertThat(page.sum("afterimage_dead_letters_total", "reason=\"unknown-format\""))
                    .isEqualTo(account.deadLetters())
                    .isPositive();

            assertThat(service.terminate()).as("exit code%s", service.tail()).isZero();
            answers.readToTheEnd();
        }
        guarantee.verify();
    }

    @Test
    void theOtherInstanceTakesOverFromOneThatWasKilled() throws Exception {
        Topics topics = new Topics("takeover");
        ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(topics);
        deployment.createTopics(topics);
        try (Progress progress = new Progress(deployment, topics);
                Answers answers = new Answers(deployment, topics, guarantee);
                Feed feed = Feed.start(deployment, topics, IMAGES_PER_SECOND, guarantee)) {
            Child killed = deployment.serve(topics, "killed", Map.of());
            Child survivor = deployment.serve(topics, "survivor", Map.of());
            progress.awaitAllWorking(2, killed, survivor);

            killed.kill();

            progress.awaitAllWorking(1, survivor);
            feed.stop();
            answers.readUntilBalanced();
            assertThat(survivor.terminate()).isZero();
            answers.readToTheEnd();
        }
        guarantee.verify();
    }

    @Test
    void theServiceOutlivesABrokerThatIsKilledAndComesBack() throws Exception {
        Topics topics = new Topics("outage");
        ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(topics);
        deployment.createTopics(topics);
        try (Progress progress = new Progress(deployment, topics);
                Answers answers = new Answers(deployment, topics, guarantee);
                Feed feed = Feed.start(deployment, topics, IMAGES_PER_SECOND, guarantee)) {
            Child service = deployment.serve(topics, "service", Map.of());
            OperationsPage page = OperationsPage.of(service);
            progress.awaitImages(1000, service);
            progress.awaitCommit(service);

            deployment.killBroker();
            assertThat(page.status("/livez")).as("waiting will mend it").isEqualTo(200);
            deployment.startBroker();

            progress.awaitAllWorking(1, service);
            feed.stop();
            answers.readUntilBalanced();
            assertThat(service.terminate()).isZero();
            answers.readToTheEnd();
        }
        guarantee.verify();
    }

    @Test
    void missingTopicsAreNamedWithTheCommandThatMakesThem() throws Exception {
        Child service = deployment.serve(new Topics("nowhere"), "service", Map.of());

        assertThat(service.awaitExit()).isEqualTo(1);
        assertThat(service.output())
                .contains("afterimage: Topics are missing: nowhere.images, nowhere.scores")
                .contains("afterimage topics create")
                .doesNotContain("\tat ");
    }

    @Test
    void aBrokerThatIsAwayIsSaidToBeAway() throws Exception {
        String nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            nobody = "127.0.0.1:" + free.getLocalPort();
        }
        Map<String, String> settings = new HashMap<>(IMPATIENT);
        settings.put("KAFKA_BOOTSTRAP_SERVERS", nobody);

        Child service = deployment.serve(new Topics("away"), "service", settings);

        assertThat(service.awaitExit()).isEqualTo(1);
        assertThat(service.output())
                .contains("afterimage: No answer from Kafka: check that the brokers run")
                .doesNotContain("\tat ");
    }
}
