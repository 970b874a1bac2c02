package io.afterimage.bench;

import io.afterimage.process.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The embedded broker in a process of its own, so that its work is counted apart from the service's. */
final class BrokerProcess implements AutoCloseable {
    private static final String READY = "Broker ready at ";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;
    private final BufferedReader output;
    private final String bootstrapServers;

    private BrokerProcess(Process process, BufferedReader output, String bootstrapServers) {
        this.process = process;
        this.output = output;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts a broker on any free port; its data goes to {@code directory}. */
    static BrokerProcess start(Path directory) throws IOException {
        Process process = ChildJvm.command("512m", List.of("broker", "--port", "0", "--dir", directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                return new BrokerProcess(process, output, line.substring(READY.length()));
            }
        }
        process.destroyForcibly();
        throw new IOException("the broker did not start");
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** Processor time the broker has used. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() throws IOException {
        ChildJvm.stop(process, PATIENCE);
        output.close();
    }
}
