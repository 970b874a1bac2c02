package io.afterimage.drills;

import static io.afterimage.drills.Drill.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.guarantee.Child;
import io.afterimage.guarantee.OperationsPage;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelSignatures;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The models topic has its only copy on a broker that is killed, while all other topics are well. Partitions change hands
 * meanwhile, for which an instance wants to know of the newest model; and once the broker is back, a model is published.
 */
@Tag("drill")
class ModelsAwayDrillIT {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final TopicPartition MODELS = new TopicPartition(Drill.TOPICS.models(), 0);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void theLastGoodModelScoresOn() throws Exception {
        Cluster cluster = Cluster.start(directory, 1);
        try (Drill drill = Drill.begin("models away", directory, cluster)) {
            Child first = drill.serve("first", Map.of());
            drill.serve("second", Map.of());
            OperationsPage page = OperationsPage.of(first);
            int other = cluster.add();
            try (Admin admin = Admin.create(cluster.client())) {
                move(admin, other);
            }
            drill.awaitSteady();
            assertThat(page.sum("afterimage_models_topic_away_seconds", "")).isZero();

            drill.mark();
            cluster.kill(other);
            Awaitility.await().atMost(SOON).until(() -> page.sum("afterimage_models_topic_away_seconds", "") > 0);
            Duration noticed = drill.sinceMark();
            drill.awaitSteady();
            Duration silence = drill.longestSilence();

            drill.mark();
            drill.terminate("second");
            drill.awaitSteady();
            Duration handOver = drill.longestWait();
            assertThat(page.status("/readyz")).isEqualTo(200);

            cluster.startAgain(other);
            ModelArtifact next = recalibrated();
            long published = System.nanoTime();
            publish(cluster, next);
            Awaitility.await().atMost(SOON).until(() -> page.sum("afterimage_model_swaps_total", "") == 1);
            Duration taken = Duration.ofNanos(System.nanoTime() - published);
            Awaitility.await().atMost(SOON).until(() -> page.sum("afterimage_models_topic_away_seconds", "") == 0);
            drill.awaitSteady();

            drill.conclude("noticed after %s, longest silence %s; handing over to the other instance took %s;"
                            .formatted(seconds(noticed), seconds(silence), seconds(handOver))
                    + " a model published on its return was in use after " + seconds(taken));
        }
    }

    private static void move(Admin admin, int node) throws ExecutionException, InterruptedException {
        admin.alterPartitionReassignments(Map.of(MODELS, Optional.of(new NewPartitionReassignment(List.of(node)))))
                .all()
                .get();
        Awaitility.await()
                .atMost(SOON)
                .until(() ->
                        admin.listPartitionReassignments().reassignments().get().isEmpty());
    }

    /** Another version that gives the same scores: only the calibration sample is a little shorter. */
    private static ModelArtifact recalibrated() throws ModelRejectedException {
        ModelArtifact shipped = ModelArtifact.builtin();
        ModelManifest manifest = shipped.manifest();
        return shipped.withScoring(
                manifest.scoring(),
                manifest.calibration().subList(0, manifest.calibration().size() - 1));
    }

    private static void publish(Cluster cluster, ModelArtifact model) throws Exception {
        try (ModelPublisher publisher = new ModelPublisher(
                cluster.client(),
                cluster.client(),
                Drill.TOPICS.models(),
                Drill.TOPICS.modelEvents(),
                model.manifest().name(),
                ModelSignatures.NOT_REQUIRED,
                Clock.systemUTC(),
                "drill")) {
            publisher.publish(model, true, "a drill", 5);
        }
    }
}
