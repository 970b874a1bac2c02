package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.afterimage.containers.ContainerProcess;
import io.afterimage.stream.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A command that goes on until it is stopped, on the topics of a deployment. The build says whether it is what was compiled
 * beside the tests or the service's image.
 */
sealed interface LongRunning extends AutoCloseable {
    Duration PATIENCE = Duration.ofMinutes(1);

    /**
     * Starts to score, and returns when images are read.
     *
     * @param directory for what the image prints
     */
    static LongRunning serve(Deployment deployment, Map<String, String> settings, Path directory) throws Exception {
        LongRunning service = ContainerProcess.wanted()
                ? Image.start(deployment, "serve", settings, directory)
                : new Scoring(RunningService.start(deployment.configuration(settings)));
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreException(IOException.class)
                    .until(() -> {
                        service.requireRunning();
                        return service.get("/readyz").statusCode() == 200;
                    });
        } catch (RuntimeException | Error e) {
            service.close();
            throw e;
        }
        return service;
    }

    /**
     * Starts the retrainer.
     *
     * @param directory for what it prints
     */
    static LongRunning retrain(Deployment deployment, Map<String, String> settings, Path directory) throws IOException {
        if (ContainerProcess.wanted()) {
            return Image.start(deployment, "retrain", settings, directory);
        }
        Map<String, String> all = new HashMap<>(deployment.settings(settings));
        String bootstrapServers = Objects.requireNonNull(all.remove("kafka.bootstrap.servers"));
        Path log = directory.resolve("retrain.log");
        return new Retraining(RetrainerProcess.start(bootstrapServers, all, log), log);
    }

    /** Fails, saying why as far as it is known, when it has ended by itself. */
    void requireRunning();

    /** Where metrics and health are found on this machine. */
    int port();

    /** What it has printed; nothing when that is among the output of the tests. */
    String output();

    /** Tells it to stop and waits until it has. */
    @Override
    void close();

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    default HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:%d%s".formatted(port(), path));
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    /** The scoring service within this JVM. */
    record Scoring(RunningService service) implements LongRunning {
        @Override
        public String output() {
            return "";
        }

        @Override
        public void requireRunning() {
            assertThat(service.failure().toCompletableFuture()).isNotDone();
        }

        @Override
        public int port() {
            return service.port();
        }

        @Override
        public void close() {
            service.close();
        }
    }

    /** The retrainer as a process. */
    record Retraining(RetrainerProcess process, Path log) implements LongRunning {
        @Override
        public String output() {
            return read(log);
        }

        @Override
        public void requireRunning() {
            process.check();
        }

        @Override
        public int port() {
            throw new IllegalStateException("any free one");
        }

        @Override
        public void close() {
            process.close();
        }
    }

    /** Either in the image; it has to end as it was told. */
    record Image(ContainerProcess process, Path log) implements LongRunning {
        static Image start(Deployment deployment, String command, Map<String, String> settings, Path directory)
                throws IOException {
            Path log = Files.createTempFile(directory, command, ".log");
            return new Image(deployment.startImage(command, settings, log), log);
        }

        @Override
        public void requireRunning() {
            if (!process.isAlive()) {
                fail("the image ended by itself with code %d%n%s", process.exitValue(), output());
            }
        }

        @Override
        public String output() {
            return read(log);
        }

        @Override
        public int port() {
            return process.publishedPort();
        }

        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                    fail("the image did not end when it was told to%n%s", output());
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
