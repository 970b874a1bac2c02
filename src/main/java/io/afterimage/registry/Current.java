package io.afterimage.registry;

import io.afterimage.wire.CurrentPointer;

/**
 * The pointer of a model as it stands on the topic.
 *
 * @param offset of the record
 */
public record Current(CurrentPointer pointer, long offset) {
    /** Grows with every change of the pointer, the same in every process; at least 1. */
    public long generation() {
        return offset + 1;
    }

    public String version() {
        return pointer.version();
    }
}
