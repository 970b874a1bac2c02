package io.afterimage.config;

import java.util.List;

/**
 * The configuration cannot be used. The message lists every mistake, one per line: the key, the value where it is not
 * a secret, and what is allowed.
 */
public final class ConfigurationException extends RuntimeException {
    private final List<String> mistakes;

    public ConfigurationException(List<String> mistakes) {
        super("the configuration has " + (mistakes.size() == 1 ? "a mistake" : mistakes.size() + " mistakes") + ":\n  "
                + String.join("\n  ", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** One line per mistake, at least one. */
    public List<String> mistakes() {
        return mistakes;
    }
}
