package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.ModelArtifact;
import io.afterimage.stream.Deployment;
import io.afterimage.stream.ShippedImages;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ImagePublisher;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promotions and rollbacks arrive in a running service; how long they took is printed, `bench --swap` measures it. */
@Tag("kafka")
@Tag("service")
class PromotionDelayIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int ROUNDS = 3;
    private static final int IMAGES_PER_SECOND = 50;

    @TempDir
    private Path directory;

    @Test
    void whatACommandMadeCurrentScores() throws Exception {
        ModelArtifact shipped = ModelArtifact.builtin();
        ModelArtifact other = shipped.withScoring(
                shipped.manifest().scoring(), shipped.manifest().calibration().subList(0, 2000));
        other.write(directory.resolve("other"));
        String first = shipped.manifest().version();
        String second = other.manifest().version();
        try (Deployment deployment = Deployment.shared(directory.resolve("state"))) {
            models(deployment, "publish", "--model", "builtin");
            models(deployment, "publish", "--model", directory.resolve("other").toString(), "--no-promote");
            List<Long> delays = new ArrayList<>();
            try (LongRunning service = LongRunning.serve(deployment, Map.of(), directory);
                    KafkaConsumer<byte[], byte[]> scores =
                            deployment.reader(List.of(deployment.topics().scores()));
                    Load load = new Load(deployment)) {
                load.start();
                awaitScore(scores, first, 0);
                for (int i = 0; i < ROUNDS; i++) {
                    models(deployment, "promote", second);
                    delays.add(awaitScore(scores, second, System.currentTimeMillis()));
                    models(deployment, "rollback");
                    delays.add(awaitScore(scores, first, System.currentTimeMillis()));
                }
                assertThat(load.failure.get()).isNull();
                service.requireRunning();
            }
            assertThat(delays).hasSize(2 * ROUNDS);
            System.out.printf(
                    Locale.ROOT, "From the command's return to the first score of the version, ms: %s%n", delays);
            // Each was promoted, or came back, and was put into service every time.
            assertThat(deployment.committed(deployment.topics().modelEvents()).stream()
                            .map(record -> EventSerdes.modelEvent()
                                    .deserializer()
                                    .deserialize("", record.value())
                                    .type())
                            .filter("swapped"::equals))
                    .hasSize(2 * ROUNDS);
        }
    }

    /** Waits for the score of an image that was sent after a time; returns the milliseconds since then. */
    private static long awaitScore(KafkaConsumer<byte[], byte[]> scores, String version, long since) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> record : scores.poll(Duration.ofMillis(20))) {
                String scored = EventSerdes.score()
                        .deserializer()
                        .deserialize("", record.value())
                        .model()
                        .version();
                if (record.timestamp() >= since && scored.equals(version)) {
                    return System.currentTimeMillis() - since;
                }
            }
        }
        throw new AssertionError("no image was scored with " + version + " within " + DEADLINE);
    }

    private static void models(Deployment deployment, String command, String... args) {
        List<String> all = new ArrayList<>(List.of("models", command));
        all.addAll(List.of(args));
        Invocation.succeed(deployment.command(all.toArray(String[]::new)));
    }

    /** A few images a second. */
    private static final class Load implements AutoCloseable {
        private final Deployment deployment;
        private final Thread thread = new Thread(this::send, "load");
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        private volatile boolean over;

        Load(Deployment deployment) {
            this.deployment = deployment;
        }

        void start() {
            thread.start();
        }

        private void send() {
            try (ImagePublisher publisher = new ImagePublisher(
                    deployment.client(Map.of()), deployment.topics().images(), Clock.systemUTC())) {
                List<byte[]> digits = ShippedImages.pngs(100, ShippedImages.DIGITS);
                for (int i = 0; !over; i++) {
                    publisher.publish("camera-" + i % 6, "image-" + i, digits.get(i % digits.size()));
                    TimeUnit.MILLISECONDS.sleep(1000 / IMAGES_PER_SECOND);
                }
            } catch (Exception e) {
                failure.set(e);
            }
        }

        @Override
        public void close() {
            over = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
