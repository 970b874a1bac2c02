package io.afterimage.registry;

/** Why a record on the models topic was passed over. Nothing is passed over without being counted. */
public enum IgnoredRecord {
    /** Its key is none of ours. */
    UNKNOWN_KEY("unknown-key"),
    /** A chunk, manifest or pointer that is empty or longer than any we write. */
    WRONG_SIZE("wrong-size"),
    /** Under the key of a pointer there is something else. */
    UNREADABLE_POINTER("unreadable-pointer"),
    /** The index has as many entries as it may. */
    TOO_MANY("too-many");

    private final String label;

    IgnoredRecord(String label) {
        this.label = label;
    }

    /** For metrics: {@code unknown-key}, … */
    public String label() {
        return label;
    }
}
