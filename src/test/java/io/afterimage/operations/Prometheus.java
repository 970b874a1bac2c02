package io.afterimage.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A real Prometheus with the project's own configuration, in which only the targets are others. */
final class Prometheus implements AutoCloseable {
    private static final Path CONFIGURATION = Path.of("deploy", "prometheus", "prometheus.yml");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int STEP_SECONDS = 5;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final Process process;
    private final String address;
    private final Instant start = Instant.now();

    private Prometheus(Process process, int port) {
        this.process = process;
        this.address = "http://127.0.0.1:" + port;
    }

    /**
     * Starts it.
     *
     * @param targets host and port by job
     */
    static Prometheus start(Path directory, Map<String, String> targets) throws IOException {
        int port = freePort();
        Map<String, String> all = new LinkedHashMap<>(targets);
        all.put("prometheus", "127.0.0.1:" + port);
        Path configuration = Files.writeString(directory.resolve("prometheus.yml"), adapted(all));
        Path log = directory.resolve("prometheus.log");
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + directory.resolve("prometheus-data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Prometheus prometheus = new Prometheus(process, port);
        try {
            Awaitility.await().atMost(PATIENCE).until(() -> {
                if (!process.isAlive()) {
                    throw new AssertionError("Prometheus ended by itself: " + Files.readString(log));
                }
                return prometheus.isReady();
            });
        } catch (RuntimeException | Error e) {
            prometheus.close();
            throw e;
        }
        return prometheus;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** JSON is YAML. */
    private static String adapted(Map<String, String> targets) {
        ObjectNode configuration = (ObjectNode) Alert.yaml(CONFIGURATION);
        JsonMapper json = JsonMapper.shared();
        configuration.set(
                "rule_files",
                json.createArrayNode().add(Alert.RULES.toAbsolutePath().toString()));
        for (JsonNode job : configuration.path("scrape_configs")) {
            String target = targets.get(job.path("job_name").asString());
            if (target == null) {
                throw new AssertionError("no target is known for " + job.path("job_name"));
            }
            ObjectNode adapted = (ObjectNode) job;
            adapted.remove("dns_sd_configs");
            adapted.set(
                    "static_configs",
                    json.createArrayNode()
                            .add(json.createObjectNode()
                                    .set("targets", json.createArrayNode().add(target))));
        }
        return configuration.toString();
    }

    private boolean isReady() {
        try {
            return client.send(
                                    HttpRequest.newBuilder(URI.create(address + "/-/ready"))
                                            .timeout(PATIENCE)
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // it does not listen yet
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Whether the expression had a number for an answer at any time since the start; NaN and infinity are none. */
    boolean answers(String expression) {
        JsonNode result = ask(
                "/api/v1/query_range",
                Map.of(
                        "query",
                        expression,
                        "start",
                        String.valueOf(start.getEpochSecond()),
                        "end",
                        String.valueOf(Instant.now().getEpochSecond()),
                        "step",
                        String.valueOf(STEP_SECONDS)));
        for (JsonNode series : result.path("result")) {
            for (JsonNode sample : series.path("values")) {
                if (Double.isFinite(Double.parseDouble(sample.path(1).asString().replace("Inf", "Infinity")))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The values that a label has had among the series of a selector. */
    List<String> labelValues(String selector, String label) {
        List<String> values = new ArrayList<>();
        for (JsonNode value : ask("/api/v1/label/" + label + "/values", Map.of("match[]", selector))) {
            values.add(value.asString());
        }
        return values;
    }

    /** Rules that could not be evaluated, with the reason. */
    List<String> brokenRules() {
        List<String> broken = new ArrayList<>();
        for (JsonNode group : ask("/api/v1/rules", Map.of()).path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                if (!rule.path("health").asString().equals("ok")) {
                    broken.add(rule.path("name").asString() + ": "
                            + rule.path("lastError").asString(""));
                }
            }
        }
        return broken;
    }

    private JsonNode ask(String path, Map<String, String> parameters) {
        String form = parameters.entrySet().stream()
                .map(parameter -> URLEncoder.encode(parameter.getKey(), UTF_8) + "="
                        + URLEncoder.encode(parameter.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        try {
            JsonNode answer = JsonMapper.shared()
                    .readTree(client.send(
                                    HttpRequest.newBuilder(URI.create(address + path + "?" + form))
                                            .timeout(PATIENCE)
                                            .build(),
                                    BodyHandlers.ofString())
                            .body());
            if (!answer.path("status").asString().equals("success")) {
                throw new AssertionError(parameters + ": " + answer);
            }
            return answer.path("data");
        } catch (IOException e) {
            throw new AssertionError("Prometheus does not answer", e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
