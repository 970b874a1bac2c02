package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.process.ClockSetBackException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs the scoring service until it is stopped. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Scores the images that arrive on Kafka: images in; scores, verdicts, denoised pictures and heat maps out.",
            "Instances with the same application id share the work; each image is scored exactly once."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage serve --bootstrap-servers localhost:9092",
            "  AFTERIMAGE_ALPHA=0.001 AFTERIMAGE_MODEL=./models/parts afterimage serve",
            "  KAFKA_SECURITY_PROTOCOL=SASL_SSL KAFKA_SASL_MECHANISM=PLAIN KAFKA_SASL_JAAS_CONFIG=... afterimage serve",
            "All settings are in the README. Ctrl-C or SIGTERM finishes the image at hand, commits and leaves the group."
        })
final class ServeCommand implements Callable<Integer> {
    private final StopSignal stop;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private KafkaOptions kafka;

    ServeCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws Exception {
        Logging.INFO.useByDefault();
        Configuration configuration = kafka.load();
        PrintWriter out = spec.commandLine().getOut();
        try (RunningService service = RunningService.start(configuration)) {
            out.printf(
                    "Scoring %s with model %s. Metrics: http://localhost:%d/metrics, health: /livez and /readyz%n",
                    service.topics().images(), service.model(), service.port());
            CompletableFuture<Throwable> failure = service.failure().toCompletableFuture();
            CompletableFuture<Void> stopping = failure.thenAccept(cause -> stop.request());
            stop.await();
            stopping.cancel(false);
            if (failure.isDone()) {
                throw new CommandFailedException("The service cannot go on: " + reason(failure.join())
                        + ". Started again, it reads on where it was");
            }
            out.println("Stopping ...");
        }
        return Main.OK;
    }

    private static String reason(Throwable cause) {
        return cause instanceof ClockSetBackException ? String.valueOf(cause.getMessage()) : cause.toString();
    }
}
