package io.afterimage.score;

import java.util.Locale;

/** What is said of an image. */
public enum Verdict {
    NORMAL,
    ANOMALOUS;

    /** Lower case, as in score events. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
