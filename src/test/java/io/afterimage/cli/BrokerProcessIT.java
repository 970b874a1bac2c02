package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker as a process of its own, ended in the ways a process is ended. */
class BrokerProcessIT {
    @TempDir
    private Path directory;

    @Test
    void hasItsTopicsAgainAfterAKill() throws Exception {
        try (Started broker = Started.on(directory)) {
            assertThat(Invocation.of("topics", "create", "--bootstrap-servers", broker.servers)
                            .code())
                    .isEqualTo(Main.OK);
            broker.process.destroyForcibly().waitFor();
        }
        try (Started broker = Started.on(directory)) {
            assertThat(Invocation.of("topics", "describe", "--bootstrap-servers", broker.servers)
                            .code())
                    .isEqualTo(Main.OK);
        }
    }

    @Test
    void endsWellWhenItIsToldTo() throws Exception {
        try (Started broker = Started.on(directory)) {
            broker.process.toHandle().destroy();

            assertThat(broker.output.lines()).contains("Broker stopped.");
            assertThat(broker.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(broker.process.exitValue()).isEqualTo(Main.OK);
        }
    }

    private record Started(Process process, BufferedReader output, String servers) implements AutoCloseable {
        private static final String READY = "Broker ready at ";

        static Started on(Path directory) throws Exception {
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "-Xmx256m",
                            Main.class.getName(),
                            "broker",
                            "--port",
                            "0",
                            "--dir",
                            directory.toString()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output = process.inputReader();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(READY)) {
                    return new Started(process, output, line.substring(READY.length()));
                }
            }
            throw new AssertionError("the broker ended with exit code " + process.waitFor());
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
