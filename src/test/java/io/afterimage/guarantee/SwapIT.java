package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.stream.Topics;
import io.afterimage.wire.EventSerdes;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models change under a steady load, through a kill in the middle of it, a second instance and a rollback. */
@Tag("kafka")
@Tag("service")
class SwapIT {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final int IMAGES_PER_SECOND = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
    void aSwapLosesAndRepeatsNothingAndNoPartitionGoesBack() throws Exception {
        deployment.createTopics(TOPICS);
        ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(TOPICS);
        ModelArtifact shipped = ModelArtifact.builtin();
        ModelArtifact a = recalibrated(shipped, 1);
        ModelArtifact b = recalibrated(shipped, 2);
        ModelArtifact c = recalibrated(shipped, 3);
        try (Progress progress = new Progress(deployment, TOPICS);
                Answers answers = new Answers(deployment, TOPICS, guarantee);
                Feed feed = Feed.start(deployment, TOPICS, IMAGES_PER_SECOND, guarantee);
                ModelPublisher publisher = publisher()) {
            Child first = deployment.serve(TOPICS, "first", Map.of());
            progress.awaitAllWorking(1, first);
            publisher.publish(a, true, "a test", 5);
            awaitScoresOf(a, first);
            publisher.publish(b, true, "a test", 5);
            first.kill();
            first = deployment.serve(TOPICS, "first", Map.of());
            progress.awaitAllWorking(1, first);

            Child second = deployment.serve(TOPICS, "second", Map.of());
            progress.awaitAllWorking(2, first, second);
            publisher.publish(c, true, "a test", 5);
            awaitScoresOf(c, first, second);
            second.terminate();
            progress.awaitAllWorking(1, first);
            assertThat(publisher.rollback("a test").to()).isEqualTo(version(b));
            awaitScoresOf(b, first);

            feed.stop();
            answers.readUntilBalanced();
            first.terminate();
            answers.readToTheEnd();
        }

        guarantee.verify();
        List<String> life = List.of(version(shipped), version(a), version(b), version(c), version(b));
        Map<Integer, List<String>> versions = versionsByPartition();
        assertThat(versions).hasSize(Deployment.PARTITIONS);
        assertThat(versions.values()).allSatisfy(seen -> {
            assertThat(goesForward(seen, life)).as("%s within %s", seen, life).isTrue();
            assertThat(seen.get(0)).isEqualTo(version(shipped));
            assertThat(seen).contains(version(a), version(c));
            assertThat(seen.get(seen.size() - 1)).isEqualTo(version(b));
        });
        // The same check finds a partition that went back.
        assertThat(goesForward(List.of(version(a), version(shipped)), life)).isFalse();
    }

    /** Waits until the last committed score of every partition was given by this model. */
    private void awaitScoresOf(ModelArtifact model, Child... instances) {
        Awaitility.await()
                .alias("scores of %s in every partition".formatted(version(model)))
                .pollInterval(Duration.ofMillis(200))
                .atMost(PATIENCE)
                .until(() -> {
                    for (Child instance : instances) {
                        instance.requireAlive();
                    }
                    Map<Integer, List<String>> versions = versionsByPartition();
                    return versions.size() == Deployment.PARTITIONS
                            && versions.values().stream()
                                    .allMatch(seen -> seen.get(seen.size() - 1).equals(version(model)));
                });
    }

    /** Whether the versions follow the life of the model, leaving out some perhaps, but never going back. */
    private static boolean goesForward(List<String> seen, List<String> life) {
        int at = 0;
        for (String version : seen) {
            while (at < life.size() && !life.get(at).equals(version)) {
                at++;
            }
            if (at == life.size()) {
                return false;
            }
        }
        return true;
    }

    private ModelPublisher publisher() {
        Map<String, Object> client = deployment.client(Map.of());
        return new ModelPublisher(
                client,
                client,
                TOPICS.models(),
                TOPICS.modelEvents(),
                "digits",
                ModelSignatures.NOT_REQUIRED,
                Clock.systemUTC(),
                "test");
    }

    /** Another version that gives the same scores: only the calibration sample is a little shorter. */
    private static ModelArtifact recalibrated(ModelArtifact model, int shorter) {
        ModelManifest manifest = model.manifest();
        return model.withScoring(
                manifest.scoring(),
                manifest.calibration().subList(0, manifest.calibration().size() - shorter));
    }

    private static String version(ModelArtifact model) {
        return model.manifest().version();
    }

    /** The versions of the committed scores of each partition, in order, without repeats. */
    private Map<Integer, List<String>> versionsByPartition() {
        Map<Integer, List<String>> versions = new LinkedHashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                deployment.client(Map.of("isolation.level", "read_committed")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int partition = 0; partition < Deployment.PARTITIONS; partition++) {
                partitions.add(new TopicPartition(TOPICS.scores(), partition));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    String version = EventSerdes.score()
                            .deserializer()
                            .deserialize(record.topic(), record.value())
                            .model()
                            .version();
                    List<String> seen = versions.computeIfAbsent(record.partition(), none -> new ArrayList<>());
                    if (seen.isEmpty() || !seen.get(seen.size() - 1).equals(version)) {
                        seen.add(version);
                    }
                }
            }
        }
        return versions;
    }
}
