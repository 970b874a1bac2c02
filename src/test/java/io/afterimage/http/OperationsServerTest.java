package io.afterimage.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.afterimage.health.Component;
import io.afterimage.health.Condition;
import io.afterimage.health.Condition.Unhealthy;
import io.afterimage.health.Health;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperationsServerTest {
    private static final String LOOPBACK = "127.0.0.1";

    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Condition model = Condition.HEALTHY;
    private OperationsServer server;

    @BeforeEach
    void start() {
        var health = new Health(
                List.of(new Component("streams", () -> Condition.HEALTHY), new Component("model", () -> model)));
        server = OperationsServer.start(LOOPBACK, 0, metrics, health);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void saysThatAllIsWell() throws Exception {
        for (String path : List.of("/livez", "/readyz")) {
            HttpResponse<String> response = get(path, "*/*");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
            assertThat(response.body())
                    .isEqualTo("{\"status\":\"up\",\"components\":[{\"name\":\"streams\",\"status\":\"healthy\"},"
                            + "{\"name\":\"model\",\"status\":\"healthy\"}]}");
        }
    }

    @Test
    void isNotReadyButAliveWhenWaitingHelps() throws Exception {
        model = new Unhealthy("still loading", true);

        assertThat(get("/livez", "*/*").statusCode()).isEqualTo(200);
        HttpResponse<String> ready = get("/readyz", "*/*");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body())
                .contains("\"status\":\"down\"")
                .contains(
                        "{\"name\":\"model\",\"status\":\"unhealthy\",\"why\":\"still loading\",\"recoverable\":true}");
    }

    @Test
    void isNotAliveWhenOnlyARestartHelps() throws Exception {
        model = new Unhealthy("all stream threads died", false);

        assertThat(get("/livez", "*/*").statusCode()).isEqualTo(503);
        assertThat(get("/readyz", "*/*").statusCode()).isEqualTo(503);
    }

    @Test
    void scrapesInTheFormatAskedFor() throws Exception {
        metrics.counter("afterimage.test").increment(3);

        HttpResponse<String> text = get("/metrics", "*/*");
        assertThat(text.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(text.body()).contains("\nafterimage_test_total 3.0\n").doesNotContain("# EOF");

        HttpResponse<String> open = get(
                "/metrics",
                "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
        assertThat(open.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/openmetrics-text"));
        assertThat(open.body()).contains("\nafterimage_test_total 3.0\n").endsWith("# EOF\n");
    }

    @Test
    void servesNothingElse() throws Exception {
        assertThat(get("/", "*/*").statusCode()).isEqualTo(404);
    }

    @Test
    void saysWhatToDoAboutAPortThatIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() ->
                            OperationsServer.start(LOOPBACK, taken.getLocalPort(), metrics, new Health(List.of())))
                    .withMessageContaining(LOOPBACK + ":" + taken.getLocalPort())
                    .withMessageContaining("afterimage.http.port");
        }
    }

    private HttpResponse<String> get(String path, String accept) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://" + LOOPBACK + ":" + server.port() + path))
                .header("Accept", accept)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
