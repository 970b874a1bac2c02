package io.afterimage.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong, so that the user can mend everything at once. */
final class Mistakes {
    private final List<String> lines = new ArrayList<>();

    void add(String line) {
        lines.add(line);
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    void throwIfAny() {
        if (!isEmpty()) {
            throw new ConfigurationException(lines);
        }
    }
}
