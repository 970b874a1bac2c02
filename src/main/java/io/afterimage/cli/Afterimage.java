package io.afterimage.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself: names its subcommands. */
@Command(
        name = "afterimage",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Scores streams of images on Kafka: what an autoencoder cannot reconstruct is an anomaly.",
        footer = {
            "",
            "See it work, with a broker and images of its own:",
            "  afterimage demo",
            "Score your images with your Kafka:",
            "  export KAFKA_BOOTSTRAP_SERVERS=localhost:9092",
            "  afterimage topics create",
            "  afterimage serve",
            "  afterimage produce --images ./pictures --stream camera-1",
            "  afterimage tail",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."
        })
final class Afterimage implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show stack traces of errors. AFTERIMAGE_DEBUG=1 does the same.")
    private boolean verbose = Boolean.getBoolean("afterimage.debug");

    boolean verbose() {
        return verbose;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }
}
