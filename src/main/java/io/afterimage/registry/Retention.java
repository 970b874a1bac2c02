package io.afterimage.registry;

import io.afterimage.wire.ChallengerPointer;
import io.afterimage.wire.CurrentPointer;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which versions of a model stay on the topic, and which of them can be gone back to. */
final class Retention {
    /** Instead of a number of versions to keep. */
    static final int ALL = Integer.MAX_VALUE;

    private final ModelsTopic topic;
    private final String name;

    /** @param topic read to its end before each question */
    Retention(ModelsTopic topic, String name) {
        this.topic = topic;
        this.name = name;
    }

    /**
     * Checks a number of versions to keep.
     *
     * @throws IllegalArgumentException unless it is within 1..{@value ModelPublisher#MAX_KEEP}
     */
    static void check(int keep) {
        if (keep < 1 || keep > ModelPublisher.MAX_KEEP) {
            throw new IllegalArgumentException("keep must be within 1.." + ModelPublisher.MAX_KEEP + ", not " + keep);
        }
    }

    /** The pointer's versions, then the newest of the others that are whole; what was just written and the challenger in any case. */
    Set<String> kept(Optional<CurrentPointer> pointer, String touched, int keep) {
        Set<String> kept = new LinkedHashSet<>();
        pointer.ifPresent(current -> {
            kept.add(current.version());
            current.previous().stream().limit(keep - 1L).forEach(kept::add);
        });
        if (!touched.isEmpty()) {
            kept.add(touched);
        }
        topic.challenger(name).map(ChallengerPointer::version).ifPresent(kept::add);
        topic.versions(name).stream()
                .filter(stored -> keep == ALL || stored.hasManifest())
                .map(StoredVersion::version)
                .filter(version -> !kept.contains(version))
                .limit(Math.max(0, keep - kept.size()))
                .forEach(kept::add);
        return kept;
    }

    /** A pointer to a version, with those to go back to: that which is current now, and its own that are still there. */
    CurrentPointer pointTo(String version, String reason, int keep, Instant now) {
        Set<String> previous = new LinkedHashSet<>();
        topic.current(name).ifPresent(current -> {
            previous.add(current.version());
            previous.addAll(current.pointer().previous());
        });
        previous.remove(version);
        List<String> there = previous.stream()
                .filter(each -> topic.changed(name, each) >= 0)
                .limit(keep - 1L)
                .toList();
        return CurrentPointer.of(version, there, reason, now);
    }
}
