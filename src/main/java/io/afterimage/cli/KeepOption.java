package io.afterimage.cli;

import io.afterimage.registry.ModelPublisher;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many versions stay on Kafka. */
final class KeepOption {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "" + ModelPublisher.DEFAULT_KEEP,
            description = "Versions to keep, the current one included. Default: ${DEFAULT-VALUE}")
    private int keep;

    int value() {
        if (keep < 1 || keep > ModelPublisher.MAX_KEEP) {
            throw new ParameterException(
                    spec.commandLine(), "--keep must be within 1..%d, not %d".formatted(ModelPublisher.MAX_KEEP, keep));
        }
        return keep;
    }
}
