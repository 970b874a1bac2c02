package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelIndex.Place;
import io.afterimage.registry.ModelIndex.Upload;
import io.afterimage.wire.ChallengerPointer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models topic, read. It keeps an index of what stands where and fetches the bytes of a model only when asked for them,
 * after everything the index knows about their size has been checked. Only committed records are seen.
 *
 * <p>For one thread. All methods that read throw {@link org.apache.kafka.common.KafkaException} when the brokers refuse or, as
 * {@link TimeoutException}, when they do not answer.
 */
public final class ModelsTopic implements AutoCloseable {
    /** Length of every chunk but the last: half of what a topic takes by default, whatever a batch adds. */
    public static final int CHUNK_BYTES = 512 << 10;

    /** A manifest is one record on a topic that takes 1 MiB: some 50,000 calibration scores. */
    public static final int MAX_MANIFEST_BYTES = 1_000_000;

    /** What one model may make a reader allocate; the shipped one has 2.4 MB. */
    public static final long MAX_WEIGHTS_BYTES = (long) CHUNK_BYTES * ModelKey.MAX_CHUNKS;

    private static final int READ_AGAIN = 3;
    private static final int FETCH_BYTES = 2 << 20;
    private static final int POLLED_RECORDS = 16;
    /** A broker that waits for more bytes does not notice a commit: ask often. */
    private static final int FETCH_WAIT_MS = 100;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);
    private static final Duration NEXT_CHUNK_WITHIN = Duration.ofSeconds(20);
    private static final Duration CLOSING = Duration.ofSeconds(1);
    /** What a member of a group is, these consumers are not. */
    private static final Set<String> OF_GROUPS = Set.of(
            CommonClientConfigs.GROUP_ID_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

    private static final Logger LOG = LoggerFactory.getLogger(ModelsTopic.class);

    private final TopicPartition partition;
    private final ModelSignatures signatures;
    private final ModelIndex index;
    private final KafkaConsumer<byte[], byte[]> reader;
    private final KafkaConsumer<byte[], byte[]> loader;

    /**
     * @param properties of a consumer, by Kafka's names; {@code bootstrap.servers} at least
     * @param name the one model to look at; empty for all of them
     */
    public ModelsTopic(
            Map<String, Object> properties, String topic, Optional<String> name, ModelSignatures signatures) {
        this.partition = new TopicPartition(topic, 0);
        this.signatures = signatures;
        this.index = new ModelIndex(name.orElse(null));
        this.reader = consumer(properties);
        this.loader = consumer(properties);
        reader.assign(List.of(partition));
        loader.assign(List.of(partition));
        reader.seekToBeginning(List.of(partition));
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> properties) {
        Map<String, Object> all = new LinkedHashMap<>(properties);
        all.keySet().removeAll(OF_GROUPS);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        all.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        all.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLLED_RECORDS);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Whether the brokers have the topic. */
    public boolean exists() {
        return !reader.partitionsFor(partition.topic()).isEmpty();
    }

    /** Takes in what has been committed since; waits that long when there is nothing. */
    public void refresh(Duration wait) {
        try {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(wait)) {
                index.apply(record);
            }
        } catch (InvalidOffsetException e) {
            LOG.warn("{} was truncated or made anew; reading it from its beginning", partition, e);
            index.clear();
            reader.seekToBeginning(List.of(partition));
        }
    }

    /** Takes in everything that is committed at the time of the call. */
    public void readToEnd(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        long end = end();
        while (position() < end) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException(
                        "%s was not read to offset %d within %d ms".formatted(partition, end, within.toMillis()));
            }
            refresh(POLL);
        }
    }

    /** Asks the brokers, which {@link #refresh} does not: while they are away it just finds nothing new. */
    public void requireAnswer(Duration within) {
        end(within);
    }

    /** Behind the last record that is committed now. */
    long end() {
        return end(ANSWER_WITHIN);
    }

    private long end(Duration within) {
        Long end = reader.endOffsets(List.of(partition), within).get(partition);
        if (end == null) {
            throw new TimeoutException("no broker says where " + partition + " ends");
        }
        return end;
    }

    /** Offset of the next record to take in. */
    long position() {
        return reader.position(partition, ANSWER_WITHIN);
    }

    /** Models of which anything is there, in alphabetical order. */
    public List<String> names() {
        return index.names();
    }

    public Optional<Current> current(String name) {
        return index.current(name);
    }

    /** Which version scores along; empty when none does. */
    public Optional<ChallengerPointer> challenger(String name) {
        return index.challenger(name);
    }

    /** What of each version is there, the newest first; also of torn uploads. */
    public List<StoredVersion> versions(String name) {
        return index.uploads(name).stream()
                .map(upload -> new StoredVersion(
                        upload.version(),
                        upload.manifest().isPresent(),
                        upload.chunks().size(),
                        upload.bytes()))
                .toList();
    }

    /** Records that were passed over so far. May be called by any thread. */
    public Map<IgnoredRecord, Long> ignored() {
        return index.ignored();
    }

    /** What a process without a model should try, the best first. */
    List<String> candidates(String name) {
        return index.candidates(name);
    }

    /** Offset of the newest record of a version; -1 when there is none. */
    public long changed(String name, String version) {
        return index.upload(name, version).map(Upload::changed).orElse(-1L);
    }

    /** The keys of everything that is there of a version, what must go last first. */
    List<ModelKey> parts(String name, String version) {
        List<ModelKey> keys = new ArrayList<>();
        index.upload(name, version).ifPresent(upload -> {
            upload.manifest().ifPresent(place -> keys.add(new ModelKey.Manifest(name, version)));
            upload.chunks().keySet().forEach(chunk -> keys.add(new ModelKey.Chunk(name, version, chunk)));
        });
        return keys;
    }

    /**
     * What a version's manifest says; its weights and signature are not looked at.
     *
     * @throws ModelRejectedException when it is not there or not the manifest of that version
     */
    public ModelManifest manifest(String name, String version) throws ModelRejectedException {
        return reading(name, version, upload -> parsed(name, version, manifestBytes(name, upload)));
    }

    /**
     * Fetches a model and verifies it: sizes, SHA-256, version, and the signature when keys are configured.
     *
     * @throws ModelRejectedException when it is torn, tampered with, oversized or not there; the message says what is wrong
     */
    public ModelArtifact load(String name, String version) throws ModelRejectedException {
        return reading(name, version, upload -> {
            byte[] manifest = manifestBytes(name, upload);
            byte[] weights = weights(name, upload, parsed(name, version, manifest));
            ModelArtifact artifact = ModelArtifact.of(manifest, weights);
            signatures.verify(artifact);
            return artifact;
        });
    }

    private interface Reading<T> {
        T of(Upload upload) throws ModelRejectedException, Moved;
    }

    /**
     * Between index and fetch a record may be written anew and the old one compacted away: then look again. When nothing newer
     * is there, the tombstones themselves are gone: the record was deleted while the index lagged behind.
     */
    private <T> T reading(String name, String version, Reading<T> reading) throws ModelRejectedException {
        for (int attempt = 0; attempt < READ_AGAIN; attempt++) {
            Upload upload = index.upload(name, version)
                    .orElseThrow(() -> new ModelRejectedException(
                            "there is no version %s of model %s on %s".formatted(version, name, partition.topic())));
            long seen = upload.changed();
            try {
                return reading.of(upload);
            } catch (Moved e) {
                LOG.debug("Version {} of {} changed while it was read", version, name, e);
                readToEnd(NEXT_CHUNK_WITHIN);
                if (changed(name, version) == seen) {
                    throw new ModelRejectedException(
                            "version %s of model %s was deleted: %s".formatted(version, name, e.getMessage()), e);
                }
            }
        }
        throw new ModelRejectedException(
                "version %s of model %s kept changing while it was read".formatted(version, name));
    }

    private byte[] manifestBytes(String name, Upload upload) throws ModelRejectedException, Moved {
        Place place = upload.manifest()
                .orElseThrow(
                        () -> new ModelRejectedException("the upload of version %s is torn: %d chunks, but no manifest"
                                .formatted(upload.version(), upload.chunks().size())));
        return next(new ModelKey.Manifest(name, upload.version()), place, new ArrayList<>());
    }

    private static ModelManifest parsed(String name, String version, byte[] json) throws ModelRejectedException {
        ModelManifest manifest = ModelArtifact.manifestOf(json);
        if (!manifest.name().equals(name) || !manifest.version().equals(version)) {
            throw new ModelRejectedException(
                    "under the key of version %s of %s is the manifest of another model".formatted(version, name));
        }
        return manifest;
    }

    private byte[] weights(String name, Upload upload, ModelManifest manifest) throws ModelRejectedException, Moved {
        long bytes = manifest.weights().bytes();
        if (bytes < 1 || bytes > MAX_WEIGHTS_BYTES) {
            throw new ModelRejectedException(
                    "the manifest names weights of %d bytes; a model has 1 to %d".formatted(bytes, MAX_WEIGHTS_BYTES));
        }
        int count = (int) ((bytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Place place = upload.chunks().get(i);
            long expected = i < count - 1 ? CHUNK_BYTES : bytes - (long) CHUNK_BYTES * (count - 1);
            if (place == null) {
                throw new ModelRejectedException("the upload of version %s is torn: chunk %d of %d is missing"
                        .formatted(upload.version(), i, count));
            }
            if (place.size() != expected) {
                throw new ModelRejectedException("chunk %d of version %s has %d bytes, not %d"
                        .formatted(i, upload.version(), place.size(), expected));
            }
            places.add(place);
        }
        // Only now, when as many bytes are known to stand on the topic.
        byte[] weights = new byte[(int) bytes];
        List<ConsumerRecord<byte[], byte[]>> ahead = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] chunk = next(new ModelKey.Chunk(name, upload.version(), i), places.get(i), ahead);
            System.arraycopy(chunk, 0, weights, i * CHUNK_BYTES, chunk.length);
        }
        return weights;
    }

    /** @param ahead what was fetched together with an earlier part and not used yet */
    private byte[] next(ModelKey key, Place place, List<ConsumerRecord<byte[], byte[]>> ahead) throws Moved {
        ahead.removeIf(record -> record.offset() < place.offset());
        if (ahead.isEmpty() || ahead.get(0).offset() != place.offset()) {
            ahead.clear();
            ahead.addAll(fetch(place.offset()));
        }
        ConsumerRecord<byte[], byte[]> record = ahead.remove(0);
        byte @Nullable [] value = record.value();
        if (record.offset() != place.offset()
                || value == null
                || value.length != place.size()
                || !ModelKey.parse(record.key()).filter(key::equals).isPresent()) {
            throw new Moved(key, null);
        }
        return value;
    }

    private List<ConsumerRecord<byte[], byte[]>> fetch(long offset) throws Moved {
        loader.seek(partition, offset);
        long deadline = System.nanoTime() + NEXT_CHUNK_WITHIN.toNanos();
        try {
            while (loader.position(partition, ANSWER_WITHIN) == offset) {
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException(
                            "%s@%d did not come within %s".formatted(partition, offset, NEXT_CHUNK_WITHIN));
                }
                List<ConsumerRecord<byte[], byte[]>> records = loader.poll(POLL).records(partition);
                if (!records.isEmpty()) {
                    return records;
                }
            }
        } catch (InvalidOffsetException e) {
            throw new Moved(null, e);
        }
        throw new Moved(null, null);
    }

    /** A record is no longer where the index has it. */
    private static final class Moved extends Exception {
        Moved(@Nullable ModelKey key, @Nullable Throwable cause) {
            super(key == null ? "the record is gone" : key.text() + " is no longer there", cause);
        }
    }

    @Override
    public void close() {
        try {
            reader.close(CloseOptions.timeout(CLOSING));
        } finally {
            loader.close(CloseOptions.timeout(CLOSING));
        }
    }
}
