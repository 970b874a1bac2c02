package io.afterimage.registry;

import io.afterimage.wire.ChallengerPointer;
import io.afterimage.wire.CurrentPointer;
import io.afterimage.wire.EventSerdes;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where everything on the models topic stands, never the bytes of a chunk or manifest. Whoever may write to the topic may fill
 * it with anything; the index neither fails nor outgrows its limits.
 *
 * <p>Garbage under the key of a chunk or manifest replaces what was there, because after compaction nobody could find the old
 * record either. Garbage under the key of a pointer does not: as long as the older pointer is known it is the better answer.
 *
 * <p>For one thread; {@link #ignored()} may be called by any.
 */
final class ModelIndex {
    /** Of one model. A publisher keeps a handful; beyond this the ones nobody points to go first. */
    static final int MAX_VERSIONS = 256;
    /** Over all models: at some hundred bytes each, the index stays below 10 MB. */
    static final int MAX_ENTRIES = 65_536;
    /** Twice what the longest pointer takes in UTF-8. */
    static final int MAX_POINTER_BYTES = 16 << 10;

    private static final int MAX_REMEMBERED = 32;
    private static final Logger LOG = LoggerFactory.getLogger(ModelIndex.class);

    private final @Nullable String only;
    private final Map<String, Model> models = new HashMap<>();
    private final Map<IgnoredRecord, AtomicLong> ignored = new EnumMap<>(IgnoredRecord.class);
    private final Deserializer<CurrentPointer> pointers =
            EventSerdes.currentPointer().deserializer();
    private final Deserializer<ChallengerPointer> challengers =
            EventSerdes.challengerPointer().deserializer();
    private int entries;

    /** @param only the one model to look at; null for all */
    ModelIndex(@Nullable String only) {
        this.only = only;
        for (IgnoredRecord reason : IgnoredRecord.values()) {
            ignored.put(reason, new AtomicLong());
        }
    }

    /** A record and where it stands. */
    record Place(long offset, int size) {}

    /** The parts of one version. */
    static final class Upload {
        private final String version;
        private final TreeMap<Integer, Place> chunks = new TreeMap<>();
        private @Nullable Place manifest;
        private long changed;

        private Upload(String version) {
            this.version = version;
        }

        String version() {
            return version;
        }

        Optional<Place> manifest() {
            return Optional.ofNullable(manifest);
        }

        /** By index. */
        Map<Integer, Place> chunks() {
            return chunks;
        }

        long bytes() {
            return chunks.values().stream().mapToLong(Place::size).sum();
        }

        /** Offset of the newest record that is part of it. */
        long changed() {
            return changed;
        }

        private int entries() {
            return chunks.size() + (manifest == null ? 0 : 1);
        }
    }

    private static final class Model {
        private final Map<String, Upload> uploads = new HashMap<>();
        private final Deque<String> onceCurrent = new ArrayDeque<>();
        private @Nullable Current current;
        private @Nullable ChallengerPointer challenger;
        private boolean pointerLost;

        private boolean names(String version) {
            return (challenger != null && challenger.version().equals(version))
                    || (current != null
                            && (current.version().equals(version)
                                    || current.pointer().previous().contains(version)));
        }
    }

    void apply(ConsumerRecord<byte[], byte[]> record) {
        Optional<ModelKey> key = ModelKey.parse(record.key());
        if (key.isEmpty()) {
            ignore(record, IgnoredRecord.UNKNOWN_KEY);
        } else if (only == null || only.equals(key.get().name())) {
            if (key.get() instanceof ModelKey.OfVersion part) {
                applyPart(part, record);
            } else if (key.get() instanceof ModelKey.Challenger challenger) {
                applyChallenger(challenger, record);
            } else {
                applyPointer(key.get().name(), record);
            }
        }
    }

    private void applyPart(ModelKey.OfVersion key, ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        int limit = key instanceof ModelKey.Chunk ? ModelsTopic.CHUNK_BYTES : ModelsTopic.MAX_MANIFEST_BYTES;
        if (value == null) {
            remove(key, record.offset());
        } else if (value.length == 0 || value.length > limit) {
            ignore(record, IgnoredRecord.WRONG_SIZE);
            remove(key, record.offset());
        } else if (entries >= MAX_ENTRIES) {
            ignore(record, IgnoredRecord.TOO_MANY);
            remove(key, record.offset());
        } else {
            put(key, new Place(record.offset(), value.length));
            evict(models.get(key.name()), key.version(), record);
        }
    }

    private void put(ModelKey.OfVersion key, Place place) {
        Upload upload = models.computeIfAbsent(key.name(), name -> new Model())
                .uploads
                .computeIfAbsent(key.version(), Upload::new);
        entries -= upload.entries();
        if (key instanceof ModelKey.Chunk chunk) {
            upload.chunks.put(chunk.index(), place);
        } else {
            upload.manifest = place;
        }
        entries += upload.entries();
        upload.changed = place.offset();
    }

    private void remove(ModelKey.OfVersion key, long offset) {
        Model model = models.get(key.name());
        Upload upload = model == null ? null : model.uploads.get(key.version());
        if (model == null || upload == null) {
            return;
        }
        entries -= upload.entries();
        if (key instanceof ModelKey.Chunk chunk) {
            upload.chunks.remove(chunk.index());
        } else {
            upload.manifest = null;
        }
        entries += upload.entries();
        upload.changed = offset;
        if (upload.entries() == 0) {
            model.uploads.remove(key.version());
        }
    }

    private void evict(@Nullable Model model, String newest, ConsumerRecord<byte[], byte[]> record) {
        if (model != null && model.uploads.size() > MAX_VERSIONS) {
            model.uploads.values().stream()
                    .filter(upload -> !upload.version.equals(newest) && !model.names(upload.version))
                    .min(Comparator.comparingLong(upload -> upload.changed))
                    .ifPresent(eldest -> {
                        ignore(record, IgnoredRecord.TOO_MANY);
                        entries -= eldest.entries();
                        model.uploads.remove(eldest.version);
                    });
        }
    }

    private void applyPointer(String name, ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        if (value == null) {
            Model model = models.get(name);
            if (model != null) {
                model.current = null;
                model.pointerLost = false;
            }
            return;
        }
        Optional<Model> known = modelOf(name, record);
        if (known.isEmpty()) {
            return;
        }
        Model model = known.get();
        if (value.length == 0 || value.length > MAX_POINTER_BYTES) {
            ignore(record, IgnoredRecord.WRONG_SIZE);
            model.pointerLost = true;
            return;
        }
        try {
            CurrentPointer pointer = read(pointers, record.topic(), value);
            model.current = new Current(pointer, record.offset());
            model.pointerLost = false;
            model.onceCurrent.remove(pointer.version());
            model.onceCurrent.addFirst(pointer.version());
            if (model.onceCurrent.size() > MAX_REMEMBERED) {
                model.onceCurrent.removeLast();
            }
        } catch (SerializationException e) {
            LOG.debug("Cannot read {}", new ModelKey.Current(name).text(), e);
            ignore(record, IgnoredRecord.UNREADABLE_POINTER);
            model.pointerLost = true;
        }
    }

    private void applyChallenger(ModelKey.Challenger key, ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        if (value == null) {
            Model model = models.get(key.name());
            if (model != null) {
                model.challenger = null;
            }
        } else if (value.length == 0 || value.length > MAX_POINTER_BYTES) {
            ignore(record, IgnoredRecord.WRONG_SIZE);
        } else {
            try {
                ChallengerPointer pointer = read(challengers, record.topic(), value);
                modelOf(key.name(), record).ifPresent(model -> model.challenger = pointer);
            } catch (SerializationException e) {
                LOG.debug("Cannot read {}", key.text(), e);
                ignore(record, IgnoredRecord.UNREADABLE_POINTER);
            }
        }
    }

    /** For a pointer; empty when there are too many already. */
    private Optional<Model> modelOf(String name, ConsumerRecord<byte[], byte[]> record) {
        Model model = models.get(name);
        if (model == null) {
            if (models.size() >= MAX_ENTRIES) {
                ignore(record, IgnoredRecord.TOO_MANY);
                return Optional.empty();
            }
            model = new Model();
            models.put(name, model);
        }
        return Optional.of(model);
    }

    private static <T> T read(Deserializer<T> deserializer, String topic, byte[] json) {
        T pointer = deserializer.deserialize(topic, json);
        if (pointer == null) {
            throw new SerializationException("the JSON value null");
        }
        return pointer;
    }

    private void ignore(ConsumerRecord<byte[], byte[]> record, IgnoredRecord reason) {
        AtomicLong count = ignored.get(reason);
        // A flood must not become a flood of log lines: the first of a kind is news, the rest is counted.
        if (count != null && count.incrementAndGet() == 1) {
            LOG.warn(
                    "Ignored a record on the models topic, {} ({}@{}); further ones of the kind are only counted",
                    reason.label(),
                    record.topic(),
                    record.offset());
        }
    }

    /** Forgets everything but the counts. */
    void clear() {
        models.clear();
        entries = 0;
    }

    Optional<Current> current(String name) {
        Model model = models.get(name);
        return model == null ? Optional.empty() : Optional.ofNullable(model.current);
    }

    Optional<ChallengerPointer> challenger(String name) {
        Model model = models.get(name);
        return model == null ? Optional.empty() : Optional.ofNullable(model.challenger);
    }

    /** Models of which at least a part or a pointer is there, in alphabetical order. */
    List<String> names() {
        return models.entrySet().stream()
                .filter(model -> model.getValue().current != null
                        || !model.getValue().uploads.isEmpty())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Newest first. */
    List<Upload> uploads(String name) {
        Model model = models.get(name);
        Collection<Upload> uploads = model == null ? List.of() : model.uploads.values();
        return uploads.stream()
                .sorted(Comparator.comparingLong(Upload::changed).reversed())
                .toList();
    }

    Optional<Upload> upload(String name, String version) {
        Model model = models.get(name);
        return model == null ? Optional.empty() : Optional.ofNullable(model.uploads.get(version));
    }

    /**
     * What a process that has no model should try, in this order: the current version, the previous ones, those that earlier
     * pointers named. Versions that were only published come last, and only when the pointer itself was destroyed.
     */
    List<String> candidates(String name) {
        Model model = models.get(name);
        if (model == null) {
            return List.of();
        }
        Set<String> candidates = new LinkedHashSet<>();
        if (model.current != null) {
            candidates.add(model.current.version());
            candidates.addAll(model.current.pointer().previous());
            candidates.addAll(model.onceCurrent);
        } else if (model.pointerLost) {
            uploads(name).forEach(upload -> candidates.add(upload.version()));
        }
        return List.copyOf(candidates);
    }

    Map<IgnoredRecord, Long> ignored() {
        Map<IgnoredRecord, Long> counts = new EnumMap<>(IgnoredRecord.class);
        ignored.forEach((reason, count) -> counts.put(reason, count.get()));
        return counts;
    }

    int entries() {
        return entries;
    }
}
