package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.config.ConfigurationException;
import io.afterimage.config.KafkaSettings;
import io.afterimage.config.RetrainSettings;
import io.afterimage.config.ServiceSettings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where the process begins and ends. */
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    /** Commands that have something to close. Signals wait for them from the first moment, not from the first flag. */
    private static final Set<String> UNTIL_STOPPED = Set.of("demo", "broker", "serve", "retrain", "produce", "tail");

    private Main() {}

    public static void main(String[] args) {
        StopSignal stop = new StopSignal(Runtime.getRuntime()::halt);
        if (args.length > 0 && UNTIL_STOPPED.contains(args[0])) {
            stop.arm();
        }
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = FAILED;
        try {
            code = run(out, err, stop, Main::startService, args);
        } finally {
            out.flush();
            err.flush();
            stop.finished(code);
        }
        System.exit(code);
    }

    /**
     * Runs one command.
     *
     * @param stop asks a command that runs until it is stopped to return
     * @param service starts the scoring service of the demo
     * @return the exit code: {@value #OK} done, {@value #FAILED} failed, {@value #USAGE} wrong usage or configuration
     */
    static int run(PrintWriter out, PrintWriter err, StopSignal stop, ServiceStart service, String... args) {
        return commandLine(stop, service).setOut(out).setErr(err).execute(args);
    }

    /** The service as it comes, whatever the environment says: a demo must not depend on it. */
    private static ServiceStart.Started startService(String bootstrapServers, int httpPort, Path stateDirectory) {
        ServiceSettings settings = ServiceSettings.of(Map.of(
                ServiceSettings.HTTP_HOST.property(), "127.0.0.1",
                ServiceSettings.HTTP_PORT.property(), Integer.toString(httpPort),
                ServiceSettings.STATE_DIR.property(), stateDirectory.toString()));
        KafkaSettings kafka = KafkaSettings.of(Map.of("bootstrap.servers", bootstrapServers));
        RunningService service =
                RunningService.start(new Configuration(settings, RetrainSettings.defaults(), kafka, List.of()));
        return new ServiceStart.Started(
                "http://localhost:%d/metrics".formatted(service.port()),
                service::ready,
                service.failure().toCompletableFuture(),
                service::close);
    }

    private static CommandLine commandLine(StopSignal stop, ServiceStart service) {
        Afterimage root = new Afterimage();
        return new CommandLine(root)
                .addSubcommand(new DemoCommand(stop, service))
                .addSubcommand(new BrokerCommand(stop))
                .addSubcommand(new TopicsCommand())
                .addSubcommand(new ProduceCommand(stop))
                .addSubcommand(new TailCommand(stop))
                .addSubcommand(new TrainCommand())
                .addSubcommand(new ServeCommand(stop))
                .addSubcommand(new RetrainCommand(stop))
                .addSubcommand(new ScoreCommand())
                .addSubcommand(new ModelsCommand())
                .addSubcommand(new EvaluateCommand())
                .addSubcommand(new BenchCommand())
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> reportUsage(e))
                .setExecutionExceptionHandler((e, command, parsed) -> report(e, command.getErr(), root.verbose()));
    }

    private static int reportUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("afterimage: " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return USAGE;
    }

    private static int report(Exception e, PrintWriter err, boolean verbose) {
        err.println("afterimage: " + explain(e));
        if (verbose) {
            e.printStackTrace(err);
        }
        return e instanceof ConfigurationException ? USAGE : FAILED;
    }

    private static String explain(Exception e) {
        if (e instanceof TimeoutException) {
            return "No answer from Kafka: check that the brokers run and that the bootstrap servers are right ("
                    + e.getMessage() + ")";
        }
        Throwable cause = e;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
