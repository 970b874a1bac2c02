package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.afterimage.config.Configuration;
import io.afterimage.demo.EmbeddedBroker;
import io.afterimage.metrics.OperatorMeters;
import io.afterimage.metrics.RetrainMetrics;
import io.afterimage.model.ModelArtifact;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.stream.TopicAdministration;
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
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A retrainer whose broker goes away and comes back. */
class BrokerAwayIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final int BEFORE = 300;
    private static final int AFTER = 200;

    @TempDir
    private Path directory;

    @Test
    void theRetrainerWaitsAndItsWindowIsRightAfterwards() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        int port = broker.port();
        AtomicBoolean stop = new AtomicBoolean();
        try (OperatorMeters meters = new OperatorMeters()) {
            createTopics(broker);
            publish(broker, 0, BEFORE);
            try (Retrainer retrainer = retrainer(broker, meters)) {
                CompletableFuture<Void> running = CompletableFuture.runAsync(() -> retrainer.run(stop::get));
                try {
                    awaitWindow(retrainer, meters, BEFORE);

                    broker.close();
                    await().atMost(SOON)
                            .untilAsserted(() -> assertThat(retrainer.waitingFor())
                                    .hasValueSatisfying(
                                            why -> assertThat(why).contains("Kafka does not answer since")));
                    assertThat(running).isNotDone();

                    broker = EmbeddedBroker.start(directory, port);
                    publish(broker, BEFORE, AFTER);
                    awaitWindow(retrainer, meters, BEFORE + AFTER);
                } finally {
                    stop.set(true);
                    assertThat(running).succeedsWithin(SOON);
                }
            }
        } finally {
            broker.close();
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
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
            createTopics(broker);
            publish(broker, 0, BEFORE);
            List<String> read = new ArrayList<>();
            try (RecentStream stream = stream(broker)) {
                pollUntil(stream, read, BEFORE);
                try (RecentStream other = stream(broker)) {
                    List<String> shared = new ArrayList<>();
                    await().atMost(SOON).until(() -> {
                        poll(stream, read);
                        poll(other, shared);
                        return !shared.isEmpty();
                    });
                }
                publish(broker, BEFORE, AFTER);
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

    private static RecentStream stream(EmbeddedBroker broker) {
        return new RecentStream(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                "test",
                TOPICS.images(),
                TOPICS.scores(),
                Duration.ofHours(1),
                Clock.systemUTC());
    }

    private static Retrainer retrainer(EmbeddedBroker broker, OperatorMeters meters) throws Exception {
        Configuration configuration = Configuration.load(
                Map.of(
                        "kafka.bootstrap.servers", broker.bootstrapServers(),
                        "kafka.session.timeout.ms", "6000",
                        "kafka.heartbeat.interval.ms", "1500"),
                null);
        return new Retrainer(
                configuration,
                new Retrainer.Channels(TOPICS.images(), TOPICS.scores(), TOPICS.models(), TOPICS.modelEvents()),
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

    private static void createTopics(EmbeddedBroker broker) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            new TopicAdministration(admin, TOPICS).create(2, (short) 1);
        }
    }

    private static void publish(EmbeddedBroker broker, int from, int images) {
        try (ImagePublisher publisher = new ImagePublisher(
                Map.of("bootstrap.servers", broker.bootstrapServers()), TOPICS.images(), Clock.systemUTC())) {
            for (int i = from; i < from + images; i++) {
                publisher.publish("camera-" + i % 5, "image-" + i, ("image " + i).getBytes(StandardCharsets.UTF_8));
            }
            publisher.flush();
        }
    }
}
