package io.afterimage.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afterimage.image.Allocation;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.Registry.Told;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Those who may write to the models topic and should not. */
@Tag("kafka")
class HostileModelsIT extends RegistryCase {
    /** What fetching one record and reading a manifest may take, whatever the manifest claims. */
    private static final long ALLOCATED = 16 << 20;

    private static final String FORGED = "0123456789ab";

    @Test
    void garbageIsCountedAndTheNextModelIsTaken() throws Exception {
        String good = registry.publish(1);
        Told told = new Told();
        try (ModelWatcher watcher = registry.watcher(told)) {
            watcher.startUp(Registry.SOON);

            deployment.send(garbage());
            watcher.awaitLatest(Registry.SOON);
            assertThat(told.models).containsExactly(good);
            assertThat(watcher.ignored().get(IgnoredRecord.UNKNOWN_KEY)).isGreaterThanOrEqualTo(305);
            assertThat(watcher.ignored().get(IgnoredRecord.WRONG_SIZE)).isEqualTo(4);
            assertThat(watcher.ignored().get(IgnoredRecord.UNREADABLE_POINTER)).isEqualTo(2);
            assertThat(registry.startsWith()).isEqualTo(good);

            String next = registry.publish(2);
            watcher.awaitLatest(Registry.SOON);
            assertThat(told.models).containsExactly(good, next);
        }
    }

    private List<ProducerRecord<byte[], byte[]>> garbage() {
        Random random = new Random(5);
        List<ProducerRecord<byte[], byte[]>> garbage = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] key = new byte[random.nextInt(120)];
            byte[] value = new byte[random.nextInt(2000)];
            random.nextBytes(key);
            random.nextBytes(value);
            garbage.add(new ProducerRecord<>(registry.topic(), 0, key, value));
        }
        for (String key : List.of(
                "current/../../etc/passwd",
                "manifest/" + registry.name() + "/../" + registry.name(),
                "chunk/" + registry.name() + "/" + FORGED + "/4294967296",
                "chunk/" + registry.name() + "/" + FORGED + "/-1",
                "a".repeat(100_000))) {
            garbage.add(new ProducerRecord<>(registry.topic(), 0, key.getBytes(UTF_8), new byte[] {1}));
        }
        ModelKey chunk = new ModelKey.Chunk(registry.name(), FORGED, 0);
        ModelKey pointer = new ModelKey.Current(registry.name());
        garbage.add(registry.record(chunk, new byte[ModelsTopic.CHUNK_BYTES + 1]));
        garbage.add(registry.record(
                new ModelKey.Manifest(registry.name(), FORGED), new byte[ModelsTopic.MAX_MANIFEST_BYTES + 1]));
        garbage.add(registry.record(pointer, new byte[ModelIndex.MAX_POINTER_BYTES + 1]));
        garbage.add(registry.record(pointer, "{\"version\":null}".getBytes(UTF_8)));
        ModelKey challenger = new ModelKey.Challenger(registry.name());
        garbage.add(registry.record(challenger, new byte[ModelIndex.MAX_POINTER_BYTES + 1]));
        garbage.add(registry.record(challenger, "{\"version\":\"../../x\",\"reason\":1}".getBytes(UTF_8)));
        return garbage;
    }

    @Test
    void aHostileChallengerCostsTheChampionNothing() throws Exception {
        String good = registry.publish(1);
        ModelArtifact second = SmallModel.of(registry.name(), 2);
        ModelArtifact third = SmallModel.of(registry.name(), 3);
        byte[] flipped = Arrays.copyOf(second.weights(), ModelsTopic.CHUNK_BYTES);
        flipped[1000] ^= 1;
        ModelKey.Chunk tampered =
                new ModelKey.Chunk(registry.name(), second.manifest().version(), 0);
        Told told = new Told();
        Registry.Challenged challenged = new Registry.Challenged();
        try (ModelWatcher watcher = registry.watcher(told, challenged)) {
            watcher.startUp(Registry.SOON);

            // Nothing of it is there; it is torn; a bit of it is flipped; only its manifest is another's.
            deployment.send(List.of(registry.challenger(FORGED)));
            deployment.send(List.of(
                    registry.challenger(second.manifest().version()),
                    registry.chunk(second, 1),
                    registry.chunk(second, 2),
                    registry.manifest(second)));
            watcher.awaitLatest(Registry.SOON);
            deployment.send(List.of(registry.record(tampered, flipped)));
            watcher.awaitLatest(Registry.SOON);
            deployment.send(List.of(
                    registry.record(new ModelKey.Manifest(registry.name(), FORGED), third.manifestBytes()),
                    registry.challenger(FORGED)));
            watcher.awaitLatest(Registry.SOON);
            assertThat(challenged.models).isEmpty();
            assertThat(challenged.rejected)
                    .hasSizeGreaterThanOrEqualTo(3)
                    .anyMatch(reason -> reason.contains("torn") || reason.contains("SHA-256"))
                    .anyMatch(reason -> reason.contains("the manifest of another model"));
            assertThat(told.rejected).isEmpty();

            // Mended, it is taken, and a next champion is as well.
            deployment.send(List.of(
                    registry.chunk(second, 0),
                    registry.challenger(second.manifest().version())));
            String next = registry.publish(4);
            watcher.awaitLatest(Registry.SOON);
            assertThat(challenged.models).containsExactly(second.manifest().version());
            assertThat(told.models).containsExactly(good, next);

            // Even when the code that takes it fails.
            challenged.failing = true;
            deployment.send(List.of(
                    registry.chunk(third, 0),
                    registry.chunk(third, 1),
                    registry.chunk(third, 2),
                    registry.manifest(third),
                    registry.challenger(third.manifest().version())));
            String last = registry.publish(5);
            watcher.awaitLatest(Registry.SOON);
            assertThat(challenged.models).containsExactly(second.manifest().version());
            assertThat(told.models).containsExactly(good, next, last);
        }
        assertThat(registry.startsWith()).isEqualTo(told.models.get(2));
    }

    @Test
    void aForgedManifestTakesNoMemoryAndStopsNothing() throws Exception {
        String good = registry.publish(1);
        String honest = new String(SmallModel.of(registry.name(), 2).manifestBytes(), UTF_8)
                .replaceFirst("\"version\" : \"\\w+\"", "\"version\" : \"" + FORGED + "\"");
        String length = "\"bytes\" : " + SmallModel.WEIGHTS;
        assertThat(honest).contains(length);
        Told told = new Told();
        try (ModelWatcher watcher = registry.watcher(told)) {
            watcher.startUp(Registry.SOON);
            for (String manifest : List.of(
                    honest.replace(length, "\"bytes\" : " + Long.MAX_VALUE),
                    honest.replace(length, "\"bytes\" : " + ModelsTopic.MAX_WEIGHTS_BYTES),
                    honest.replace(length, "\"bytes\" : " + Integer.MAX_VALUE),
                    honest.replace(length, "\"bytes\" : -1"),
                    honest.replace(length, "\"bytes\" : 1e400"),
                    honest.replace("\"latent\" : 32", "\"latent\" : 2000000000"),
                    honest.replace("\"quality\" : { }", "\"quality\" : { \"auroc\" : null }"),
                    honest.replace(registry.name(), "another-model"),
                    "null",
                    "[".repeat(ModelsTopic.MAX_MANIFEST_BYTES),
                    "{\"format\":\"" + "x".repeat(900_000) + "\"}")) {
                int before = told.rejected.size();
                deployment.send(List.of(
                        registry.record(new ModelKey.Manifest(registry.name(), FORGED), manifest.getBytes(UTF_8)),
                        registry.record(new ModelKey.Chunk(registry.name(), FORGED, 0), new byte[10]),
                        registry.pointer(FORGED, good)));
                watcher.awaitLatest(Registry.SOON);
                assertThat(told.rejected).hasSizeGreaterThan(before);
                assertThat(told.rejected)
                        .allSatisfy(reason -> assertThat(reason.length()).isLessThan(600));
                try (ModelsTopic reader = registry.reader()) {
                    long allocated =
                            Allocation.ofSecondRun(() -> assertThatExceptionOfType(ModelRejectedException.class)
                                    .isThrownBy(() -> reader.load(registry.name(), FORGED)));
                    assertThat(allocated).isLessThan(ALLOCATED);
                }
            }
            assertThat(told.models).containsExactly(good);
        }
        assertThat(registry.startsWith()).isEqualTo(good);
    }

    @Test
    void theBrokerUnfoldsWhatIsCompressed() {
        byte[] bomb = new byte[32 << 20];
        byte[] key = new ModelKey.Current(registry.name()).bytes();
        assertThatThrownBy(() -> deployment.send(List.of(new ProducerRecord<>(registry.topic(), 0, key, bomb))))
                .hasCauseInstanceOf(RecordTooLargeException.class);
        // On a topic that takes compressed batches the same bytes would reach every reader.
        String other = deployment.topics().scores();
        assertThatCode(() -> deployment.send(List.of(new ProducerRecord<>(other, 0, key, bomb))))
                .doesNotThrowAnyException();
    }

    @Test
    void whatIsPublishedIsWholeAtEveryOffset() throws Exception {
        registry.publish(1);
        registry.publish(2);
        try (ModelPublisher publisher = registry.publisher()) {
            publisher.rollback("test");
            publisher.prune(1);
        }
        assertThat(registry.complaints()).isEmpty();
    }

    @Test
    void aPublisherThatBeginsWithThePointerIsCaught() throws Exception {
        registry.publish(1);
        ModelArtifact next = SmallModel.of(registry.name(), 2);
        List<ProducerRecord<byte[], byte[]>> pointerFirst = new ArrayList<>();
        pointerFirst.add(registry.pointer(next.manifest().version()));
        pointerFirst.addAll(Arrays.asList(
                registry.chunk(next, 0), registry.chunk(next, 1), registry.chunk(next, 2), registry.manifest(next)));
        deployment.send(pointerFirst);

        assertThat(registry.complaints()).hasSize(4).allMatch(complaint -> complaint.contains("the pointer names"));
    }

    @Test
    void aPublisherThatDiesOutsideATransactionIsCaught() throws Exception {
        registry.publish(1);
        deployment.send(List.of(registry.chunk(SmallModel.of(registry.name(), 2), 0)));

        assertThat(registry.complaints()).singleElement().asString().contains("left behind");
    }
}
