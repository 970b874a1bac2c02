package io.afterimage.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Why an operator does it, for those who read the events. */
final class ReasonOption {
    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "For the event, such as \"sharper on line 2\". Default: that it was done by hand")
    private @Nullable String reason;

    /** @param byDefault when the operator gives none */
    String or(String byDefault) {
        return reason == null ? byDefault : reason;
    }
}
