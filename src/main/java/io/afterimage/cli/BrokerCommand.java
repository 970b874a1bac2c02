package io.afterimage.cli;

import io.afterimage.demo.BrokerFailedException;
import io.afterimage.demo.EmbeddedBroker;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the embedded broker until it is stopped. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Runs a Kafka broker of one node, for trying things out without installing Kafka.",
            "It listens on this machine only unless told otherwise, without authentication, and keeps its data in a"
                    + " folder."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage broker",
            "  afterimage broker --port 0 --dir /tmp/scratch    # any free port",
            "  afterimage broker --advertise kafka              # in a container called kafka",
            "Ctrl-C stops it; started again on the same folder it has everything it had."
        })
final class BrokerCommand implements Callable<Integer> {
    private final StopSignal stop;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(
            names = "--port",
            defaultValue = "9092",
            description = "Port to listen on, 0 for any free one. Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = "--dir",
            defaultValue = "data/broker",
            paramLabel = "DIR",
            description = "Folder for the data, made when missing. Default: ${DEFAULT-VALUE}")
    private Path directory = Path.of("data/broker");

    @Option(
            names = "--advertise",
            paramLabel = "HOST",
            description =
                    "The name under which other machines find this one; the broker then listens on all interfaces,"
                            + " and whoever reaches the port can read and write everything.")
    private @Nullable String advertised;

    BrokerCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws BrokerFailedException, InterruptedException {
        if (port < 0 || port > 65535) {
            throw new ParameterException(spec.commandLine(), "--port must be within 0..65535, not " + port);
        }
        Logging.ERROR.useByDefault();
        PrintWriter out = spec.commandLine().getOut();
        out.printf("Starting a broker on %s ...%n", directory.toAbsolutePath().normalize());
        try (EmbeddedBroker broker = advertised == null
                ? EmbeddedBroker.start(directory, port)
                : EmbeddedBroker.start(directory, advertised, port)) {
            String servers = broker.bootstrapServers();
            out.printf("Broker ready at %s%n%n", servers);
            out.println("In another terminal:");
            out.printf("  export KAFKA_BOOTSTRAP_SERVERS=%s%n", servers);
            out.println("  afterimage topics create");
            out.println("  afterimage serve");
            out.println("One picture in, without our tools:");
            out.printf(
                    "  kcat -P -b %s -t afterimage.images -k camera-1 -H content-type=image/png picture.png%n%n",
                    servers);
            out.println("Ctrl-C stops the broker.");
            stop.await();
            out.println("Stopping the broker ...");
        }
        out.println("Broker stopped.");
        return Main.OK;
    }
}
