package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.stream.Deployment;
import io.afterimage.wire.ChallengerPointer;
import io.afterimage.wire.CurrentPointer;
import io.afterimage.wire.EventSerdes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Publishers, readers and watchers of one model, and those who write what they please. */
record Registry(Deployment deployment, String name) {
    static final Duration SOON = Duration.ofSeconds(30);

    /** What a watcher told. */
    static final class Told implements ModelWatcher.Listener {
        final List<String> models = new CopyOnWriteArrayList<>();
        final List<Long> generations = new CopyOnWriteArrayList<>();
        final List<String> rejected = new CopyOnWriteArrayList<>();

        /** A version that does not fit the service. */
        volatile String unfitting = "";

        @Override
        public void onModel(ModelArtifact artifact, long generation) throws ModelRejectedException {
            if (artifact.manifest().version().equals(unfitting)) {
                throw new ModelRejectedException("another input shape");
            }
            models.add(artifact.manifest().version());
            generations.add(generation);
        }

        @Override
        public void onRejected(String version, String reason) {
            rejected.add(version + ": " + reason);
        }
    }

    /** What a watcher told about challengers. */
    static final class Challenged implements ChallengerListener {
        final List<String> models = new CopyOnWriteArrayList<>();
        final List<String> rejected = new CopyOnWriteArrayList<>();
        volatile boolean failing;

        @Override
        public void onChallenger(ModelArtifact artifact) {
            if (failing) {
                throw new IllegalStateException("as a test wants it");
            }
            models.add(artifact.manifest().version());
        }

        @Override
        public void onNoChallenger() {
            if (failing) {
                throw new IllegalStateException("as a test wants it");
            }
        }

        @Override
        public void onChallengerRejected(String version, String reason) {
            rejected.add(version + ": " + reason);
        }
    }

    Map<String, Object> client() {
        return deployment.client(Map.of());
    }

    String topic() {
        return deployment.topics().models();
    }

    ModelPublisher publisher() {
        return publisher(ModelSignatures.NOT_REQUIRED);
    }

    ModelPublisher publisher(ModelSignatures signatures) {
        return new ModelPublisher(
                client(),
                client(),
                topic(),
                deployment.topics().modelEvents(),
                name,
                signatures,
                Clock.systemUTC(),
                "test");
    }

    ModelsTopic reader() {
        return reader(ModelSignatures.NOT_REQUIRED);
    }

    ModelsTopic reader(ModelSignatures signatures) {
        ModelsTopic topic = new ModelsTopic(client(), topic(), Optional.of(name), signatures);
        topic.readToEnd(SOON);
        return topic;
    }

    ModelWatcher watcher(Told told) {
        return watcher(told, ModelSignatures.NOT_REQUIRED);
    }

    ModelWatcher watcher(Told told, ModelSignatures signatures) {
        return new ModelWatcher(new ModelsTopic(client(), topic(), Optional.of(name), signatures), name, told);
    }

    ModelWatcher watcher(Told told, Challenged challenged) {
        ModelsTopic topic = new ModelsTopic(client(), topic(), Optional.of(name), ModelSignatures.NOT_REQUIRED);
        return new ModelWatcher(topic, name, told, Optional.of(challenged));
    }

    /** The version a new process begins with; empty when there is none. */
    String startsWith(ModelSignatures signatures) throws InterruptedException {
        try (ModelWatcher fresh = watcher(new Told(), signatures)) {
            return fresh.startUp(SOON).map(ModelWatcher.Taken::version).orElse("");
        }
    }

    String startsWith() throws InterruptedException {
        return startsWith(ModelSignatures.NOT_REQUIRED);
    }

    String publish(int seed) throws ModelRejectedException {
        ModelArtifact artifact = SmallModel.of(name, seed);
        try (ModelPublisher publisher = publisher()) {
            publisher.publish(artifact, true, "test", ModelPublisher.DEFAULT_KEEP);
        }
        return artifact.manifest().version();
    }

    ProducerRecord<byte[], byte[]> chunk(ModelArtifact artifact, int i) {
        byte[] weights = artifact.weights();
        int start = i * ModelsTopic.CHUNK_BYTES;
        return record(
                new ModelKey.Chunk(name, artifact.manifest().version(), i),
                Arrays.copyOfRange(weights, start, Math.min(weights.length, start + ModelsTopic.CHUNK_BYTES)));
    }

    ProducerRecord<byte[], byte[]> manifest(ModelArtifact artifact) {
        return record(new ModelKey.Manifest(name, artifact.manifest().version()), artifact.manifestBytes());
    }

    ProducerRecord<byte[], byte[]> pointer(String version, String... previous) {
        CurrentPointer pointer = CurrentPointer.of(version, List.of(previous), "test", Instant.EPOCH);
        return record(
                new ModelKey.Current(name),
                EventSerdes.currentPointer().serializer().serialize(topic(), pointer));
    }

    ProducerRecord<byte[], byte[]> challenger(String version) {
        ChallengerPointer pointer = ChallengerPointer.of(version, "test", Instant.EPOCH);
        return record(
                new ModelKey.Challenger(name),
                EventSerdes.challengerPointer().serializer().serialize(topic(), pointer));
    }

    ProducerRecord<byte[], byte[]> record(ModelKey key, byte @Nullable [] value) {
        return new ProducerRecord<>(topic(), 0, key.bytes(), value);
    }
}
