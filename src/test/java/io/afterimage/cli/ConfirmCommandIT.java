package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.demo.Feed;
import io.afterimage.demo.GroundTruth;
import io.afterimage.demo.Pace;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.model.ModelArtifact;
import io.afterimage.stream.Deployment;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ImagePublisher;
import io.afterimage.wire.ModelEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new normal that the retrainer holds until an operator confirms it. */
@Tag("kafka")
@Tag("service")
class ConfirmCommandIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int IMAGES_PER_SECOND = 150;
    /** Several blocks of verdicts. */
    private static final int A_WHILE = 1_000;

    /** Small blocks, little patience and short trainings: it is asked what is learned and when, not how well. */
    private static final Map<String, String> SETTINGS = Map.of(
            "afterimage.retrain.confirm", "true",
            "afterimage.retrain.block", "200",
            "afterimage.retrain.shift.blocks", "2",
            "afterimage.retrain.shift.duration", "2s",
            "afterimage.retrain.window.images", "1500",
            "afterimage.retrain.least.images", "400",
            "afterimage.retrain.epochs", "3",
            "afterimage.http.host", "127.0.0.1",
            "afterimage.retrain.http.port", "0");

    @TempDir
    private Path directory;

    @Test
    void whatIsHeldIsLearnedWhenConfirmedAndNotBefore() throws Exception {
        try (Deployment deployment = Deployment.shared(directory.resolve("state"))) {
            Images images = new Images(deployment);
            try (LongRunning service = LongRunning.serve(deployment, Map.of(), directory);
                    LongRunning retrainer = LongRunning.retrain(deployment, SETTINGS, directory);
                    images) {
                String shipped = ModelArtifact.builtin().manifest().version();
                await(
                        deployment,
                        retrainer,
                        event -> is(event, ModelEvent.Type.PROMOTED)
                                && event.version().equals(shipped));
                images.start();
                awaitScores(deployment, A_WHILE);
                // Nothing is held yet, so this allows nothing.
                confirm(deployment);
                images.change();
                await(deployment, retrainer, event -> is(event, ModelEvent.Type.HELD));
                awaitScores(deployment, scores(deployment) + A_WHILE);
                assertThat(events(deployment))
                        .noneMatch(event -> is(event, ModelEvent.Type.LEARNING))
                        .filteredOn(event -> is(event, ModelEvent.Type.PROMOTED))
                        .extracting(ModelEvent::version)
                        .containsExactly(shipped);
                assertThat(events(deployment))
                        .filteredOn(event -> is(event, ModelEvent.Type.HELD))
                        .singleElement()
                        .extracting(ModelEvent::reason)
                        .asString()
                        .contains("afterimage models confirm");

                confirm(deployment);
                await(deployment, retrainer, event -> is(event, ModelEvent.Type.LEARNING));
                await(
                        deployment,
                        retrainer,
                        event -> !event.version().equals(shipped)
                                && (is(event, ModelEvent.Type.PROMOTED) || is(event, ModelEvent.Type.REFUSED)));
                assertThat(events(deployment)).noneMatch(event -> is(event, ModelEvent.Type.FAILED));
                retrainer.requireRunning();
                service.requireRunning();
                assertThat(images.failure.get()).isNull();
            }
        }
    }

    private static boolean is(ModelEvent event, ModelEvent.Type type) {
        return event.type().equals(type.label());
    }

    private static void confirm(Deployment deployment) {
        Invocation.succeed(deployment.command("models", "confirm"));
    }

    private static void await(Deployment deployment, LongRunning retrainer, Predicate<ModelEvent> happened) {
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> {
                        retrainer.requireRunning();
                        return events(deployment).stream().anyMatch(happened);
                    });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(events(deployment) + "\n" + retrainer.output(), e);
        }
    }

    private static void awaitScores(Deployment deployment, long count) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> scores(deployment) >= count);
    }

    private static long scores(Deployment deployment) {
        return deployment.committed(deployment.topics().scores()).size();
    }

    private static List<ModelEvent> events(Deployment deployment) {
        return deployment.committed(deployment.topics().modelEvents()).stream()
                .map(record -> EventSerdes.modelEvent().deserializer().deserialize("", record.value()))
                .toList();
    }

    /** Digits at a steady rate, from some time on inverted. */
    private static final class Images implements AutoCloseable {
        private final Deployment deployment;
        private final Thread thread = new Thread(this::send, "images");
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        private volatile boolean changed;
        private volatile boolean over;

        Images(Deployment deployment) {
            this.deployment = deployment;
        }

        void start() {
            thread.start();
        }

        void change() {
            changed = true;
        }

        private void send() {
            try (ImageSet digits = ImageSet.open("builtin:digits-test");
                    ImageSet fashion = ImageSet.open("builtin:fashion");
                    ImagePublisher publisher = new ImagePublisher(
                            deployment.client(Map.of()), deployment.topics().images(), Clock.systemUTC())) {
                Feed feed = new Feed(digits, fashion, new ImageDecoder(ImageLimits.DEFAULT), new SplittableRandom(11));
                Pace pace = new Pace(IMAGES_PER_SECOND);
                while (pace.next(() -> over)) {
                    Feed.Picture picture = feed.next(changed ? GroundTruth.INVERTED : GroundTruth.DIGIT);
                    publisher.publish(picture.stream(), picture.id(), picture.encoded());
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
