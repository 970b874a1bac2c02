package io.afterimage.registry;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The key of a record on the models topic. Four kinds are known; whatever else stands on the topic is not ours. A name is
 * never used as a path, and its alphabet could not be one.
 */
public sealed interface ModelKey {
    /** Longer keys are not even looked at: the longest valid one has 86 bytes. */
    int MAX_BYTES = 96;

    /** Chunks of one weights file; with {@link ModelsTopic#CHUNK_BYTES} this bounds a model to 128 MiB. */
    int MAX_CHUNKS = 256;

    Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    Pattern VERSION = Pattern.compile("[0-9a-f]{12}");

    /** The model it belongs to: lower case letters, digits and hyphens, at most 63. */
    String name();

    /** As it stands on the topic. */
    String text();

    /** {@link #text()} in UTF-8. */
    default byte[] bytes() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    /** The key of a part of one version. */
    sealed interface OfVersion extends ModelKey {
        /** Twelve hex digits. */
        String version();
    }

    /** Where a piece of the weights file stands: piece {@code index} begins at {@code index} × chunk size. */
    record Chunk(String name, String version, int index) implements OfVersion {
        public Chunk {
            check(name, version);
            if (index < 0 || index >= MAX_CHUNKS) {
                throw new IllegalArgumentException("not the index of a chunk: " + index);
            }
        }

        @Override
        public String text() {
            return "chunk/" + name + "/" + version + "/" + index;
        }
    }

    /** Where the manifest of a version stands. */
    record Manifest(String name, String version) implements OfVersion {
        public Manifest {
            check(name, version);
        }

        @Override
        public String text() {
            return "manifest/" + name + "/" + version;
        }
    }

    /** Where it says which version is current. */
    record Current(String name) implements ModelKey {
        public Current {
            checkName(name);
        }

        @Override
        public String text() {
            return "current/" + name;
        }
    }

    /** Where it says which version scores along without a say. */
    record Challenger(String name) implements ModelKey {
        public Challenger {
            checkName(name);
        }

        @Override
        public String text() {
            return "challenger/" + name;
        }
    }

    /** Reads a key; empty for everything that is not exactly one of ours. */
    static Optional<ModelKey> parse(byte @Nullable [] key) {
        if (key == null || key.length > MAX_BYTES) {
            return Optional.empty();
        }
        // One char per byte: what is not ASCII matches nothing below.
        Matcher matcher = Grammar.KEY.matcher(new String(key, StandardCharsets.ISO_8859_1));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        if (matcher.group("current") != null) {
            return Optional.of(new Current(matcher.group("current")));
        }
        if (matcher.group("challenger") != null) {
            return Optional.of(new Challenger(matcher.group("challenger")));
        }
        if (matcher.group("manifest") != null) {
            return Optional.of(new Manifest(matcher.group("manifest"), matcher.group("manifestVersion")));
        }
        int index = Integer.parseInt(matcher.group("index"));
        return index < MAX_CHUNKS
                ? Optional.of(new Chunk(matcher.group("chunk"), matcher.group("chunkVersion"), index))
                : Optional.empty();
    }

    private static void check(String name, String version) {
        checkName(name);
        if (!VERSION.matcher(version).matches()) {
            throw new IllegalArgumentException("not a model version (twelve hex digits): '" + version + "'");
        }
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "not a model name (lower case letters, digits and hyphens, at most 63): '" + name + "'");
        }
    }

    /** Kept apart because the constants of an interface are public. */
    final class Grammar {
        private static final Pattern KEY = Pattern.compile(("current/(?<current>%1$s)"
                        + "|challenger/(?<challenger>%1$s)"
                        + "|manifest/(?<manifest>%1$s)/(?<manifestVersion>%2$s)"
                        + "|chunk/(?<chunk>%1$s)/(?<chunkVersion>%2$s)/(?<index>0|[1-9][0-9]{0,2})")
                .formatted(NAME.pattern(), VERSION.pattern()));

        private Grammar() {}
    }
}
