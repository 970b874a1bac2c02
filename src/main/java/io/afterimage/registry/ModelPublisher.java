package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.Task;
import io.afterimage.wire.ChallengerPointer;
import io.afterimage.wire.CurrentPointer;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ModelEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes what is on the models topic, one transaction per change: chunks, manifest, tombstones, events, and the pointer last,
 * so a reader sees all of it or nothing.
 *
 * <p>Two publishers of one model at once, in whatever processes: they share a transactional id, so the one that begins later
 * decides. When the earlier one has asked for its commit by then, both changes happen, one after the other, and the later one
 * begins from what the earlier one left. When it has not, the brokers abort its transaction, nothing of it is ever seen, and its
 * method throws {@link PublisherFencedException}. Two changes never begin from the same state. A publisher that was killed in
 * the middle is treated likewise, and so is one that takes longer than half a minute.
 *
 * <p>Every method returns when readers can see the change, and throws {@link org.apache.kafka.common.KafkaException} when there
 * is none; after a {@link TimeoutException} of the commit there may be one all the same, and doing it again does no harm. A
 * publisher may be used again after any exception. For one thread.
 */
public final class ModelPublisher implements AutoCloseable {
    /** Versions that stay on the topic, the current one included. */
    public static final int DEFAULT_KEEP = 5;

    public static final int MAX_KEEP = CurrentPointer.MAX_PREVIOUS + 1;

    /** A publisher that was killed holds up readers for so long, unless another of the same model comes. */
    private static final int TRANSACTION_TIMEOUT_MS = 30_000;

    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(50);

    private static final Logger LOG = LoggerFactory.getLogger(ModelPublisher.class);

    private final Map<String, Object> producerProperties;
    private final ModelsTopic topic;
    private final String modelsTopic;
    private final String eventsTopic;
    private final String name;
    private final Retention retention;
    private final ModelSignatures signatures;
    private final Clock clock;
    private final String instance;

    /**
     * @param producerProperties of a producer, by Kafka's names; {@code bootstrap.servers} at least
     * @param consumerProperties of a consumer, likewise
     * @param name the model it publishes versions of
     * @param signatures what a model must carry to be published or promoted
     * @param instance names this process in events
     * @throws IllegalArgumentException for what cannot be the name of a model
     */
    public ModelPublisher(
            Map<String, Object> producerProperties,
            Map<String, Object> consumerProperties,
            String modelsTopic,
            String eventsTopic,
            String name,
            ModelSignatures signatures,
            Clock clock,
            String instance) {
        this.name = new ModelKey.Current(name).name();
        Map<String, Object> all = new LinkedHashMap<>(producerProperties);
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, modelsTopic + "-publisher-" + name);
        all.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        this.producerProperties = Map.copyOf(all);
        this.topic = new ModelsTopic(consumerProperties, modelsTopic, Optional.of(name), signatures);
        this.retention = new Retention(topic, name);
        this.modelsTopic = modelsTopic;
        this.eventsTopic = eventsTopic;
        this.signatures = signatures;
        this.clock = clock;
        this.instance = instance;
    }

    /**
     * What was done.
     *
     * @param from the version that was current before; empty when there was none
     * @param to the version that is current now; empty when there is none
     * @param pruned versions that were deleted
     * @param generation of the pointer, as instances will see it; 0 when there is none
     */
    public record Change(String from, String to, List<String> pruned, long generation) {
        public Change {
            pruned = List.copyOf(pruned);
        }
    }

    /** As {@link #publish(ModelArtifact, boolean, String, Map, int)}, announced with the figures of its manifest. */
    public Change publish(ModelArtifact artifact, boolean makeCurrent, String reason, int keep)
            throws ModelRejectedException {
        return publish(artifact, makeCurrent, reason, artifact.manifest().quality(), keep);
    }

    /**
     * Puts a model on the topic and deletes what is beyond {@code keep}.
     *
     * @param makeCurrent whether instances should take it now
     * @param reason for the events, in words
     * @param figures for the events
     * @param keep versions to keep, 1..{@value #MAX_KEEP}: the current one and those before it first
     * @throws ModelRejectedException when no instance would take it: another name or task, too large, not signed as asked for
     */
    public Change publish(
            ModelArtifact artifact, boolean makeCurrent, String reason, Map<String, Double> figures, int keep)
            throws ModelRejectedException {
        Retention.check(keep);
        byte[] manifest = artifact.manifestBytes();
        check(artifact, manifest);
        String version = artifact.manifest().version();
        try (TopicTransaction transaction = begin()) {
            requireTask(artifact.manifest());
            String from = currentVersion();
            byte[] weights = artifact.weights();
            for (int i = 0; i * ModelsTopic.CHUNK_BYTES < weights.length; i++) {
                int start = i * ModelsTopic.CHUNK_BYTES;
                int end = Math.min(weights.length, start + ModelsTopic.CHUNK_BYTES);
                transaction.put(new ModelKey.Chunk(name, version, i), Arrays.copyOfRange(weights, start, end));
            }
            transaction.put(new ModelKey.Manifest(name, version), manifest);
            transaction.announce(event(ModelEvent.Type.PUBLISHED, version, from, reason, figures));
            Optional<CurrentPointer> pointer = topic.current(name).map(Current::pointer);
            if (makeCurrent) {
                transaction.announce(event(ModelEvent.Type.PROMOTED, version, from, reason, figures));
                pointer = Optional.of(retention.pointTo(version, reason, keep, clock.instant()));
            }
            return finish(transaction, from, pointer, version, keep);
        }
    }

    /**
     * Makes a version current that is on the topic.
     *
     * @throws ModelRejectedException when it is not there whole, not what it claims to be, or for another task than the current one
     */
    public Change promote(String version, String reason) throws ModelRejectedException {
        try (TopicTransaction transaction = begin()) {
            requireTask(topic.load(name, version).manifest());
            String from = currentVersion();
            transaction.announce(event(ModelEvent.Type.PROMOTED, version, from, reason, Map.of()));
            return finish(
                    transaction,
                    from,
                    Optional.of(retention.pointTo(version, reason, MAX_KEEP, clock.instant())),
                    version,
                    Retention.ALL);
        }
    }

    /**
     * Makes the version current again that was before. Doing it twice goes two versions back: what was rolled back from is not
     * a place to return to.
     *
     * @throws ModelRejectedException when there is none before, or it is damaged
     */
    public Change rollback(String reason) throws ModelRejectedException {
        try (TopicTransaction transaction = begin()) {
            List<String> previous = topic.current(name)
                    .map(current -> current.pointer().previous())
                    .orElse(List.of());
            if (previous.isEmpty()) {
                throw new ModelRejectedException("there is no version of %s before the current one".formatted(name));
            }
            String version = previous.get(0);
            topic.load(name, version);
            String from = currentVersion();
            transaction.announce(event(ModelEvent.Type.ROLLED_BACK, version, from, reason, Map.of()));
            CurrentPointer pointer =
                    CurrentPointer.of(version, previous.subList(1, previous.size()), reason, clock.instant());
            return finish(transaction, from, Optional.of(pointer), version, Retention.ALL);
        }
    }

    /**
     * Deletes all versions but {@code keep}, torn uploads first; never the current one.
     *
     * @param keep 1..{@value #MAX_KEEP}
     */
    public Change prune(int keep) {
        Retention.check(keep);
        try (TopicTransaction transaction = begin()) {
            String current = currentVersion();
            return finish(transaction, current, topic.current(name).map(Current::pointer), current, keep);
        }
    }

    /**
     * Lets a version that is on the topic score along without a say, in place of another that may do so. It ends with {@link
     * #endShadow} or when it becomes the current one, and is not pruned before.
     *
     * @throws ModelRejectedException when it is not there whole, not what it claims to be, for another task, or the current one
     */
    public Change shadow(String version, String reason) throws ModelRejectedException {
        try (TopicTransaction transaction = begin()) {
            String current = currentVersion();
            if (version.equals(current)) {
                throw new ModelRejectedException("version %s is the current one".formatted(version));
            }
            String task = topic.load(name, version).manifest().task();
            if (!task.equals(Task.RECONSTRUCT.label())) {
                throw new ModelRejectedException("a model for '%s' gives no verdicts to compare".formatted(task));
            }
            String before = challengerVersion();
            ChallengerPointer pointer = ChallengerPointer.of(version, reason, clock.instant());
            transaction.put(
                    new ModelKey.Challenger(name),
                    EventSerdes.challengerPointer().serializer().serialize(modelsTopic, pointer));
            transaction.announce(event(ModelEvent.Type.CHALLENGED, version, current, reason, Map.of()));
            awaitVisible(transaction.commit());
            return new Change(before, version, List.of(), generation());
        }
    }

    /** No version scores along any more; nothing is done when none did. */
    public Change endShadow(String reason) {
        try (TopicTransaction transaction = begin()) {
            String before = challengerVersion();
            if (!before.isEmpty()) {
                endShadow(transaction, before, reason);
                awaitVisible(transaction.commit());
            }
            return new Change(before, "", List.of(), generation());
        }
    }

    private void endShadow(TopicTransaction transaction, String version, String reason) {
        transaction.delete(new ModelKey.Challenger(name));
        transaction.announce(event(ModelEvent.Type.RETIRED, version, currentVersion(), reason, Map.of()));
    }

    private Change finish(
            TopicTransaction transaction, String from, Optional<CurrentPointer> wanted, String touched, int keep) {
        Set<String> kept = retention.kept(wanted, touched, keep);
        List<String> pruned = new ArrayList<>();
        for (StoredVersion stored : topic.versions(name)) {
            if (!kept.contains(stored.version())) {
                topic.parts(name, stored.version()).forEach(transaction::delete);
                transaction.announce(event(
                        ModelEvent.Type.PRUNED,
                        stored.version(),
                        from,
                        "beyond the %d versions kept".formatted(keep),
                        Map.of()));
                pruned.add(stored.version());
            }
        }
        Optional<CurrentPointer> pointer = wanted.map(p -> new CurrentPointer(
                p.version(), p.previous().stream().filter(kept::contains).toList(), p.reason(), p.at()));
        Optional<CurrentPointer> old = topic.current(name).map(Current::pointer);
        if (pointer.isPresent() && !pointer.equals(old)) {
            byte[] value = EventSerdes.currentPointer().serializer().serialize(modelsTopic, pointer.get());
            transaction.put(new ModelKey.Current(name), value);
        }
        String challenger = challengerVersion();
        if (pointer.filter(p -> p.version().equals(challenger)).isPresent()) {
            endShadow(transaction, challenger, "it is the current one now");
        }
        awaitVisible(transaction.commit());
        return new Change(from, currentVersion(), pruned, generation());
    }

    private void check(ModelArtifact artifact, byte[] manifest) throws ModelRejectedException {
        if (!artifact.manifest().name().equals(name)) {
            throw new ModelRejectedException("the model is named '%s', not '%s'"
                    .formatted(artifact.manifest().name(), name));
        }
        if (manifest.length > ModelsTopic.MAX_MANIFEST_BYTES) {
            throw new ModelRejectedException(
                    "its manifest has %d bytes; the topic takes %d (a shorter calibration helps)"
                            .formatted(manifest.length, ModelsTopic.MAX_MANIFEST_BYTES));
        }
        if (artifact.weights().length > ModelsTopic.MAX_WEIGHTS_BYTES) {
            throw new ModelRejectedException("its weights have %d bytes; readers take %d"
                    .formatted(artifact.weights().length, ModelsTopic.MAX_WEIGHTS_BYTES));
        }
        signatures.verify(artifact);
    }

    /** A name has one current version, and whoever follows it has no use for a model of another task. */
    private void requireTask(ModelManifest manifest) throws ModelRejectedException {
        Optional<Current> current = topic.current(name);
        if (current.isEmpty()) {
            return;
        }
        String task;
        try {
            task = topic.load(name, current.get().version()).manifest().task();
        } catch (ModelRejectedException e) {
            LOG.debug("No instance uses the current version of {}: it may be replaced by any", name, e);
            return;
        }
        if (!task.equals(manifest.task())) {
            throw new ModelRejectedException(
                    "models named %s are for '%s', version %s is for '%s'; give it another name"
                            .formatted(name, task, manifest.version(), manifest.task()));
        }
    }

    /** Fences other publishers first, so that what is read afterwards stays true until the commit. */
    private TopicTransaction begin() {
        TopicTransaction transaction = TopicTransaction.begin(producerProperties, name, modelsTopic, eventsTopic);
        try {
            topic.readToEnd(VISIBLE_WITHIN);
            return transaction;
        } catch (RuntimeException e) {
            transaction.close();
            throw e;
        }
    }

    /** The end of a transaction reaches its partitions a moment after the commit. */
    private void awaitVisible(long offset) {
        long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
        while (topic.position() <= offset) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException(
                        "the change is committed, but %s@%d cannot be read yet".formatted(modelsTopic, offset));
            }
            topic.refresh(POLL);
        }
    }

    private long generation() {
        return topic.current(name).map(Current::generation).orElse(0L);
    }

    private String challengerVersion() {
        return topic.challenger(name).map(ChallengerPointer::version).orElse("");
    }

    private String currentVersion() {
        return topic.current(name).map(Current::version).orElse("");
    }

    private ModelEvent event(
            ModelEvent.Type type, String version, String previous, String reason, Map<String, Double> figures) {
        return ModelEvent.of(type, name, version, previous, reason, clock.instant(), figures, instance);
    }

    @Override
    public void close() {
        topic.close();
    }
}
