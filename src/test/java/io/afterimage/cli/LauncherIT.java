package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as {@code package} made it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a shell script; Windows has a launcher of its own")
class LauncherIT {
    @TempDir
    private Path directory;

    @Test
    void startsThroughALinkInAPlaceWithSpaces() throws Exception {
        Path place = Files.createDirectories(directory.resolve("my programs"));
        Path link = Files.createSymbolicLink(place.resolve("afterimage"), launcher());

        Run version = run(link, Map.of(), "--version");

        assertThat(version.code()).isZero();
        assertThat(version.output()).startsWith("afterimage ");
    }

    @Test
    void handsOnArgumentsAndExitCode() throws Exception {
        Run refused = run(launcher(), Map.of(), "produce", "--images", "two words", "--stream", "*", "--rate", "0");

        assertThat(refused.code()).isEqualTo(Main.USAGE);
        assertThat(refused.output()).contains("--rate must be positive");
    }

    @Test
    void takesTheHeapInBytesOrAsAShareAndLetsJavaOptsWin() throws Exception {
        String flags = "-XX:+PrintFlagsFinal";

        Run bytes = run(launcher(), Map.of("AFTERIMAGE_HEAP", "96m", "JAVA_OPTS", flags), "--version");
        Run share = run(launcher(), Map.of("AFTERIMAGE_HEAP", "12.5%", "JAVA_OPTS", flags), "--version");
        Run option = run(launcher(), Map.of("AFTERIMAGE_HEAP", "96m", "JAVA_OPTS", flags + " -Xmx64m"), "--version");

        assertThat(bytes.output()).containsPattern("MaxHeapSize += " + (96 << 20) + " ");
        assertThat(share.output()).containsPattern("MaxRAMPercentage += 12\\.5");
        assertThat(option.output()).containsPattern("MaxHeapSize += " + (64 << 20) + " ");
        assertThat(bytes.output()).containsPattern("ExitOnOutOfMemoryError += true");
    }

    @Test
    void saysThatThereIsNoJava() throws Exception {
        Run failed = run(launcher(), Map.of("JAVA_HOME", directory.toString()), "--version");

        assertThat(failed.code()).isEqualTo(Main.FAILED);
        assertThat(failed.output())
                .isEqualToIgnoringNewLines("afterimage: no Java in JAVA_HOME (" + directory
                        + "): install Java 17 or newer, or set JAVA_HOME");
    }

    @Test
    void saysThatJavaIsTooOld() throws Exception {
        Path java = Files.createDirectories(directory.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexit 0\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(directory.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");

        Run failed = run(launcher(), Map.of("JAVA_HOME", directory.toString()), "--version");

        assertThat(failed.code()).isEqualTo(Main.FAILED);
        assertThat(failed.output()).contains("Java 17 or newer is needed").contains("11");
    }

    private record Run(int code, String output) {}

    private static Path launcher() {
        return Path.of(System.getProperty("afterimage.launcher"));
    }

    private static Run run(Path launcher, Map<String, String> environment, String... args) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(launcher.toString()).redirectErrorStream(true);
        builder.command().addAll(List.of(args));
        builder.environment().putAll(environment);
        builder.environment().put("KAFKA_BOOTSTRAP_SERVERS", "localhost:1");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }
}
