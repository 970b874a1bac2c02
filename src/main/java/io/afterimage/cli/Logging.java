package io.afterimage.cli;

/** The level a command logs at unless {@code AFTERIMAGE_LOG_LEVEL} says otherwise. Logs always go to stderr. */
enum Logging {
    /** For commands that show what happens themselves. */
    ERROR,
    /** For commands that an operator runs and reads the log of. */
    INFO;

    /** Must come before the first logger is made; {@code logback.xml} reads the property. */
    void useByDefault() {
        System.setProperty("afterimage.log.level", name());
    }
}
