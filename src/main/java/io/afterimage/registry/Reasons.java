package io.afterimage.registry;

/** Why a model is not used, in words fit for logs and events. */
final class Reasons {
    private static final int MAX_LENGTH = 500;

    private Reasons() {}

    /** Reasons quote what came from outside: no line breaks, no end without limit. */
    static String oneLine(Throwable why) {
        String text = why.getMessage() == null ? why.toString() : why.getMessage();
        String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
        return cut.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    }
}
