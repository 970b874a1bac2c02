package io.afterimage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelPublisher.Change;
import io.afterimage.registry.Registry.Told;
import io.afterimage.wire.ModelEvent;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Models through a broker. */
@Tag("kafka")
class RegistryIT extends RegistryCase {
    @Test
    void publishesPromotesRollsBackAndPrunes() throws Exception {
        ModelArtifact first = SmallModel.of(registry.name(), 1);
        ModelArtifact second = SmallModel.of(registry.name(), 2);
        String one = first.manifest().version();
        String two = second.manifest().version();
        try (ModelPublisher publisher = registry.publisher();
                ModelsTopic reader = registry.reader()) {
            Change published = publisher.publish(first, true, "the first", 5);
            assertThat(published.from()).isEmpty();
            assertThat(published.to()).isEqualTo(one);
            reader.readToEnd(Registry.SOON);
            assertThat(reader.load(registry.name(), one).weights()).isEqualTo(first.weights());
            assertThat(reader.manifest(registry.name(), one).calibration())
                    .isEqualTo(first.manifest().calibration());

            Change waiting = publisher.publish(second, false, "not yet", 5);
            assertThat(waiting.to()).isEqualTo(one);
            assertThat(waiting.generation()).isEqualTo(published.generation());

            Change promoted = publisher.promote(two, "better");
            assertThat(promoted.from()).isEqualTo(one);
            assertThat(promoted.to()).isEqualTo(two);
            assertThat(promoted.generation()).isGreaterThan(published.generation());

            Change back = publisher.rollback("worse");
            assertThat(back.from()).isEqualTo(two);
            assertThat(back.to()).isEqualTo(one);
            assertThat(back.generation()).isGreaterThan(promoted.generation());
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> publisher.rollback("once more"))
                    .withMessageContaining("no version of " + registry.name() + " before");

            Change pruned = publisher.prune(1);
            assertThat(pruned.pruned()).containsExactly(two);
            reader.readToEnd(Registry.SOON);
            assertThat(reader.versions(registry.name()))
                    .extracting(StoredVersion::version)
                    .containsExactly(one);
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> publisher.promote(two, "gone"))
                    .withMessageContaining("no version " + two);
        }
        assertThat(registry.events())
                .extracting(ModelEvent::type, ModelEvent::version, ModelEvent::reason)
                .containsExactly(
                        tuple("published", one, "the first"),
                        tuple("promoted", one, "the first"),
                        tuple("published", two, "not yet"),
                        tuple("promoted", two, "better"),
                        tuple("rolled-back", one, "worse"),
                        tuple("pruned", two, "beyond the 1 versions kept"));
    }

    @Test
    void keepsTheCurrentVersionAndThoseBeforeIt() throws Exception {
        List<String> versions = new ArrayList<>();
        try (ModelPublisher publisher = registry.publisher()) {
            for (int seed = 0; seed < 5; seed++) {
                ModelArtifact artifact = SmallModel.of(registry.name(), seed);
                versions.add(artifact.manifest().version());
                publisher.publish(artifact, true, "test", 3);
            }
        }
        try (ModelsTopic reader = registry.reader()) {
            assertThat(reader.versions(registry.name()))
                    .extracting(StoredVersion::version)
                    .containsExactly(versions.get(4), versions.get(3), versions.get(2));
            assertThat(reader.current(registry.name()).orElseThrow().pointer().previous())
                    .containsExactly(versions.get(3), versions.get(2));
            for (StoredVersion stored : reader.versions(registry.name())) {
                assertThat(reader.load(registry.name(), stored.version()).weights())
                        .hasSize(SmallModel.WEIGHTS);
            }
        }
    }

    @Test
    void aWatcherFollowsEveryChange() throws Exception {
        String one = registry.publish(1);
        Told told = new Told();
        try (ModelWatcher watcher = registry.watcher(told);
                ModelPublisher publisher = registry.publisher()) {
            assertThat(watcher.startUp(Registry.SOON).orElseThrow().version()).isEqualTo(one);
            String two = registry.publish(2);
            watcher.awaitLatest(Registry.SOON);
            assertThat(told.models).containsExactly(one, two);
            publisher.rollback("test");
            watcher.awaitLatest(Registry.SOON);
            assertThat(told.models).containsExactly(one, two, one);
            assertThat(told.generations).isSorted().doesNotHaveDuplicates();
            assertThat(told.rejected).isEmpty();
        }
    }

    @Test
    void withoutAModelThereIsNothingToStartWith() throws Exception {
        assertThat(registry.startsWith()).isEmpty();
    }

    @Test
    void aTornUploadLeavesEveryInstanceOnTheLastGoodModel() throws Exception {
        String good = registry.publish(1);
        ModelArtifact torn = SmallModel.of(registry.name(), 2);
        String version = torn.manifest().version();
        Told told = new Told();
        try (ModelWatcher watcher = registry.watcher(told)) {
            watcher.startUp(Registry.SOON);

            deployment.send(List.of(registry.pointer(version, good)));
            watcher.awaitLatest(Registry.SOON);
            assertThat(told.rejected).last().asString().contains("there is no version " + version);
            assertThat(registry.startsWith()).isEqualTo(good);

            deployment.send(List.of(registry.chunk(torn, 0), registry.chunk(torn, 1)));
            watcher.awaitLatest(Registry.SOON);
            assertThat(told.rejected).last().asString().contains("no manifest");
            assertThat(registry.startsWith()).isEqualTo(good);

            deployment.send(List.of(registry.manifest(torn)));
            watcher.awaitLatest(Registry.SOON);
            assertThat(told.rejected).last().asString().contains("chunk 2 of 3 is missing");
            assertThat(registry.startsWith()).isEqualTo(good);
            assertThat(told.models).containsExactly(good);

            deployment.send(List.of(registry.chunk(torn, 2)));
            watcher.awaitLatest(Registry.SOON);
            assertThat(told.models).containsExactly(good, version);
            assertThat(registry.startsWith()).isEqualTo(version);
        }
    }

    @Test
    void aPointerThatNamesNothingGoodAndNothingBeforeStillLeavesTheLastGoodModel() throws Exception {
        String good = registry.publish(1);
        deployment.send(List.of(registry.pointer("0123456789ab")));
        assertThat(registry.startsWith()).isEqualTo(good);
    }

    @Test
    void aRejectedModelIsReportedOnceAndNotTriedAgain() throws Exception {
        String good = registry.publish(1);
        Told told = new Told();
        told.unfitting = SmallModel.of(registry.name(), 2).manifest().version();
        try (ModelWatcher watcher = registry.watcher(told)) {
            watcher.startUp(Registry.SOON);
            registry.publish(2);
            for (int i = 0; i < 5; i++) {
                watcher.awaitLatest(Registry.SOON);
            }
            assertThat(told.rejected).containsExactly(told.unfitting + ": another input shape");
            assertThat(told.models).containsExactly(good);
        }
    }

    @Test
    void whatWasNotCommittedIsNotSeen() throws Exception {
        String good = registry.publish(1);
        ModelArtifact next = SmallModel.of(registry.name(), 2);
        Map<String, Object> properties = new HashMap<>(registry.client());
        properties.put("transactional.id", registry.topic() + "-publisher-" + registry.name());
        try (KafkaProducer<byte[], byte[]> killed =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            killed.initTransactions();
            killed.beginTransaction();
            killed.send(registry.chunk(next, 0)).get();
            killed.send(registry.pointer(next.manifest().version(), good)).get();

            try (ModelsTopic reader = registry.reader()) {
                assertThat(reader.versions(registry.name())).hasSize(1);
                assertThat(reader.current(registry.name()).orElseThrow().version())
                        .isEqualTo(good);
            }
            // The next publisher fences the one that hangs and finds nothing of it.
            String third = registry.publish(3);
            try (ModelsTopic reader = registry.reader()) {
                assertThat(reader.versions(registry.name()))
                        .extracting(StoredVersion::version)
                        .containsExactly(third, good);
            }
            assertThatExceptionOfType(KafkaException.class).isThrownBy(killed::commitTransaction);
        }
        assertThat(registry.startsWith())
                .isEqualTo(SmallModel.of(registry.name(), 3).manifest().version());
    }

    @Test
    void aTamperedModelIsNotTaken() throws Exception {
        String good = registry.publish(1);
        String tampered = registry.publish(2);
        byte[] chunk = registry.chunk(SmallModel.of(registry.name(), 2), 1).value();
        chunk[5] ^= 1;
        deployment.send(List.of(registry.record(new ModelKey.Chunk(registry.name(), tampered, 1), chunk)));

        try (ModelsTopic reader = registry.reader();
                ModelPublisher publisher = registry.publisher()) {
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> reader.load(registry.name(), tampered))
                    .withMessageContaining("SHA-256");
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> publisher.promote(tampered, "test"));
        }
        assertThat(registry.startsWith()).isEqualTo(good);
    }

    @Test
    void withKeysOnlySignedModelsAreTaken() throws Exception {
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        ModelSignatures signatures = ModelSignatures.of(
                Base64.getEncoder().encodeToString(key.getPublic().getEncoded()));
        ModelArtifact signed = ModelSignatures.sign(SmallModel.of(registry.name(), 1), key.getPrivate());
        try (ModelPublisher publisher = registry.publisher(signatures)) {
            publisher.publish(signed, true, "test", 5);
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> publisher.publish(SmallModel.of(registry.name(), 2), true, "test", 5))
                    .withMessageContaining("not signed");
        }
        String unsigned = registry.publish(2);

        assertThat(registry.startsWith(signatures)).isEqualTo(signed.manifest().version());
        assertThat(registry.startsWith()).isEqualTo(unsigned);
    }
}
