package io.afterimage.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.testcontainers.images.builder.Transferable;

/**
 * A key for a broker and the certificate that goes with it, for names under which tests find the broker.
 *
 * @param keyStore PKCS #12, to be put into a container
 * @param pem the certificate, for those who must trust it
 */
record Certificate(Transferable keyStore, String pem) {
    static final String PASSWORD = "not a secret";

    static Certificate selfSigned(String... hosts) {
        try {
            Path directory = Files.createTempDirectory("certificate");
            Path keyStore = directory.resolve("broker.p12");
            try {
                String names = "san=ip:127.0.0.1,dns:" + String.join(",dns:", hosts);
                keytool(
                        List.of("-genkeypair", "-alias", "broker", "-keyalg", "EC", "-dname", "CN=broker"),
                        List.of("-ext", names, "-validity", "2"),
                        keyStore);
                String pem = keytool(List.of("-exportcert", "-rfc", "-alias", "broker"), List.of(), keyStore);
                return new Certificate(Transferable.of(Files.readAllBytes(keyStore), 0444), pem);
            } finally {
                Files.deleteIfExists(keyStore);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new AssertionError("no certificate for the broker", e);
        }
    }

    private static String keytool(List<String> task, List<String> details, Path keyStore) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        builder.command().addAll(task);
        builder.command().addAll(details);
        builder.command()
                .addAll(List.of("-keystore", keyStore.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue())
                .as("keytool: %s", output)
                .isZero();
        return output;
    }
}
