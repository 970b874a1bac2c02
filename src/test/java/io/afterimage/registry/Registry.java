package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.stream.Deployment;
import io.afterimage.wire.ChallengerPointer;
import io.afterimage.wire.CurrentPointer;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ModelEvent;
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
public record Registry(Deployment deployment, String name) {
    public static final Duration SOON = Duration.ofSeconds(30);

    /** What a watcher told. */
    public static final class Told implements ModelWatcher.Listener {
        public final List<String> models = new CopyOnWriteArrayList<>();
        final List<Long> generations = new CopyOnWriteArrayList<>();
        public final List<String> rejected = new CopyOnWriteArrayList<>();

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

    public Map<String, Object> client() {
        return deployment.client(Map.of());
    }

    public String topic() {
        return deployment.topics().models();
    }

    ModelPublisher publisher() {
        return publisher(ModelSignatures.NOT_REQUIRED, Clock.systemUTC());
    }

    ModelPublisher publisher(ModelSignatures signatures) {
        return publisher(signatures, Clock.systemUTC());
    }

    ModelPublisher publisher(Clock clock) {
        return publisher(ModelSignatures.NOT_REQUIRED, clock);
    }

    private ModelPublisher publisher(ModelSignatures signatures, Clock clock) {
        return new ModelPublisher(
                client(), client(), topic(), deployment.topics().modelEvents(), name, signatures, clock, "test");
    }

    ModelsTopic reader() {
        return reader(ModelSignatures.NOT_REQUIRED);
    }

    /** A reader that has read nothing yet. */
    public ModelsTopic unread(ModelSignatures signatures) {
        return new ModelsTopic(client(), topic(), Optional.of(name), signatures);
    }

    ModelsTopic reader(ModelSignatures signatures) {
        ModelsTopic topic = unread(signatures);
        topic.readToEnd(SOON);
        return topic;
    }

    ModelWatcher watcher(Told told) {
        return watcher(told, ModelSignatures.NOT_REQUIRED);
    }

    public ModelWatcher watcher(Told told, ModelSignatures signatures) {
        return new ModelWatcher(unread(signatures), name, told);
    }

    ModelWatcher watcher(Told told, Challenged challenged) {
        return new ModelWatcher(unread(ModelSignatures.NOT_REQUIRED), name, told, Optional.of(challenged));
    }

    /** The version a new process begins with; empty when there is none. */
    public String startsWith(ModelSignatures signatures) throws InterruptedException {
        try (ModelWatcher fresh = watcher(new Told(), signatures)) {
            return fresh.startUp(SOON).map(ModelWatcher.Taken::version).orElse("");
        }
    }

    public String startsWith() throws InterruptedException {
        return startsWith(ModelSignatures.NOT_REQUIRED);
    }

    public String publish(int seed) throws ModelRejectedException {
        return publish(SmallModel.of(name, seed));
    }

    public String publish(ModelArtifact artifact) throws ModelRejectedException {
        try (ModelPublisher publisher = publisher()) {
            publisher.publish(artifact, true, "test", ModelPublisher.DEFAULT_KEEP);
        }
        return artifact.manifest().version();
    }

    /** What was said about the model, in order. */
    public List<ModelEvent> events() {
        return deployment.committed(deployment.topics().modelEvents()).stream()
                .map(record -> EventSerdes.modelEvent().deserializer().deserialize(record.topic(), record.value()))
                .filter(event -> event.model().equals(name))
                .toList();
    }

    /** Where the topic, as it stands, breaks what a publisher promises. */
    List<String> complaints() {
        return new WholeAtEveryOffset(name).complaints(deployment.committed(topic()));
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
