package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.afterimage.metrics.OperatorMeters;
import io.afterimage.metrics.RetrainMetrics;
import io.afterimage.model.ModelArtifact;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.stream.Deployment;
import io.afterimage.stream.Topics;
import io.afterimage.wire.ImagePublisher;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A retrainer whose broker goes away and comes back. */
@Tag("kafka")
class BrokerAwayIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int BEFORE = 300;
    private static final int AFTER = 200;

    @TempDir
    private Path directory;

    @Test
    void theRetrainerWaitsAndItsWindowIsRightAfterwards() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (Deployment deployment = Deployment.start(directory);
                OperatorMeters meters = new OperatorMeters()) {
            publish(deployment, 0, BEFORE);
            try (Retrainer retrainer = retrainer(deployment, meters)) {
                CompletableFuture<Void> running = CompletableFuture.runAsync(() -> retrainer.run(stop::get));
                try {
                    awaitWindow(retrainer, meters, BEFORE);

                    deployment.broker().stop();
                    await().atMost(SOON)
                            .untilAsserted(() -> assertThat(retrainer.waitingFor())
                                    .hasValueSatisfying(
                                            why -> assertThat(why).contains("Kafka does not answer since")));
                    assertThat(running).isNotDone();

                    deployment.broker().startAgain();
                    publish(deployment, BEFORE, AFTER);
                    awaitWindow(retrainer, meters, BEFORE + AFTER);
                } finally {
                    stop.set(true);
                    assertThat(running).succeedsWithin(SOON);
                }
            }
        }
    }

    private static void awaitWindow(Retrainer retrainer, OperatorMeters meters, int images) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(images(meters)).isEqualTo(images);
            assertThat(retrainer.waitingFor()).isEmpty();
        });
    }

    /** What a member of the group reads twice would count twice, as verdicts do for the drift. */
    @Test
    void aPartitionThatComesBackIsReadOn() throws Exception {
        try (Deployment deployment = Deployment.shared(directory)) {
            publish(deployment, 0, BEFORE);
            List<String> read = new ArrayList<>();
            try (RecentStream stream = stream(deployment)) {
                pollUntil(stream, read, BEFORE);
                try (RecentStream other = stream(deployment)) {
                    List<String> shared = new ArrayList<>();
                    await().atMost(SOON).until(() -> {
                        poll(stream, read);
                        poll(other, shared);
                        return !shared.isEmpty();
                    });
                }
                publish(deployment, BEFORE, AFTER);
                pollUntil(stream, read, BEFORE + AFTER);
                assertThat(read).hasSize(BEFORE + AFTER).doesNotHaveDuplicates();
            }
        }
    }

    private static void pollUntil(RecentStream stream, List<String> read, int images) {
        await().atMost(SOON).until(() -> {
            poll(stream, read);
            return read.size() >= images && stream.caughtUp();
        });
    }

    private static void poll(RecentStream stream, List<String> read) {
        stream.poll(
                Duration.ofMillis(50),
                image -> read.add(image.partition() + "@" + image.offset()),
                (score, timestamp) -> {});
    }

    private static RecentStream stream(Deployment deployment) {
        return new RecentStream(
                deployment.client(Map.of()),
                deployment.topics().prefix(),
                deployment.topics().images(),
                deployment.topics().scores(),
                Duration.ofHours(1),
                Clock.systemUTC());
    }

    private static Retrainer retrainer(Deployment deployment, OperatorMeters meters) throws Exception {
        Topics topics = deployment.topics();
        return new Retrainer(
                deployment.configuration(
                        Map.of("kafka.session.timeout.ms", "6000", "kafka.heartbeat.interval.ms", "1500")),
                new Retrainer.Channels(topics.images(), topics.scores(), topics.models(), topics.modelEvents()),
                ModelArtifact.builtin(),
                Optional.empty(),
                ModelSignatures.NOT_REQUIRED,
                Optional.empty(),
                new RetrainMetrics(meters.registry()),
                Clock.systemUTC(),
                "test");
    }

    private static double images(OperatorMeters meters) {
        return meters.registry().get("afterimage.retrain.window.images").gauge().value();
    }

    private static void publish(Deployment deployment, int from, int images) {
        try (ImagePublisher publisher = new ImagePublisher(
                deployment.client(Map.of()), deployment.topics().images(), Clock.systemUTC())) {
            for (int i = from; i < from + images; i++) {
                publisher.publish("camera-" + i % 5, "image-" + i, ("image " + i).getBytes(StandardCharsets.UTF_8));
            }
            publisher.flush();
        }
    }
}
