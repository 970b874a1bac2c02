package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The guarantee of a publisher, as an object: it is shown the committed records in their order and complains when, after any of
 * them, the pointer names a version that is not there whole, and when parts of a version are left lying about at the end.
 */
final class WholeAtEveryOffset {
    private final String name;
    private final Map<String, byte[]> manifests = new HashMap<>();

    WholeAtEveryOffset(String name) {
        this.name = name;
    }

    List<String> complaints(List<ConsumerRecord<byte[], byte[]>> committed) {
        List<String> complaints = new ArrayList<>();
        ModelIndex index = new ModelIndex(name);
        for (ConsumerRecord<byte[], byte[]> record : committed) {
            index.apply(record);
            if (ModelKey.parse(record.key()).orElse(null) instanceof ModelKey.Manifest key
                    && key.name().equals(name)
                    && record.value() != null) {
                manifests.put(key.version(), record.value());
            }
            index.current(name)
                    .filter(current -> !whole(index, current.version()))
                    .ifPresent(current -> complaints.add("at offset %d the pointer names %s, which is not whole"
                            .formatted(record.offset(), current.version())));
        }
        for (Upload upload : index.uploads(name)) {
            if (!whole(index, upload.version())) {
                complaints.add("parts of %s were left behind".formatted(upload.version()));
            }
        }
        return complaints;
    }

    private boolean whole(ModelIndex index, String version) {
        byte[] json = manifests.get(version);
        if (json == null
                || index.upload(name, version).flatMap(Upload::manifest).isEmpty()) {
            return false;
        }
        try {
            ModelManifest manifest = ModelArtifact.manifestOf(json);
            return index.upload(name, version).orElseThrow().bytes()
                    == manifest.weights().bytes();
        } catch (ModelRejectedException e) {
            return false;
        }
    }
}
