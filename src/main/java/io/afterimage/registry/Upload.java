package io.afterimage.registry;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where the parts of one version stand on the models topic. */
final class Upload {
    private final String version;
    private final TreeMap<Integer, Place> chunks = new TreeMap<>();
    private @Nullable Place manifest;
    private long changed;

    /** Offset of a record and the bytes of its value. */
    record Place(long offset, int size) {}

    Upload(String version) {
        this.version = version;
    }

    void put(ModelKey.OfVersion key, Place place) {
        if (key instanceof ModelKey.Chunk chunk) {
            chunks.put(chunk.index(), place);
        } else {
            manifest = place;
        }
        changed = place.offset();
    }

    /** @param offset of the record that says so */
    void remove(ModelKey.OfVersion key, long offset) {
        if (key instanceof ModelKey.Chunk chunk) {
            chunks.remove(chunk.index());
        } else {
            manifest = null;
        }
        changed = offset;
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

    /** Offset of the newest record that concerns it. */
    long changed() {
        return changed;
    }

    int entries() {
        return chunks.size() + (manifest == null ? 0 : 1);
    }
}
