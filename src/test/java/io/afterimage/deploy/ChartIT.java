package io.afterimage.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.deploy.Manifests.PodsOf;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The containers of the chart as processes of this machine: their arguments, variables and mounted files as rendered, with
 * only paths, addresses and ports replaced. What Kubernetes itself does is not tried.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "containers run Linux, and so do their scripts")
class ChartIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private final List<Process> running = new ArrayList<>();
    private final Map<String, String> replacements = new LinkedHashMap<>();
    private final Manifests manifests = Manifests.of(Chart.OURS.render("kind"));

    @AfterEach
    void stop() {
        for (Process process : running) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
    }

    @Test
    void scoresAnImageWithTheContainersOfTheKindExample() throws Exception {
        String kafka = "localhost:" + freePort();
        int port = freePort();
        int retrainerPort = freePort();
        replacements.put("afterimage-kafka:9092", kafka);
        replacements.put("--advertise afterimage-kafka", "--advertise localhost");
        replacements.put("--port 9092", "--port " + kafka.substring(kafka.indexOf(':') + 1));
        replacements.put("/var/lib/", directory + "/");
        replacements.put("afterimage.http.port=8080", "afterimage.http.port=" + port);
        replacements.put("afterimage.retrain.http.port=8081", "afterimage.retrain.http.port=" + retrainerPort);

        PodsOf broker = manifests.component("kafka");
        start(broker, broker.main());
        PodsOf scoring = manifests.component("scoring");
        Container waiting = scoring.spec().getInitContainers().get(0);
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(run(scoring, waiting).output()).contains("missing"));
        assertThat(run(scoring, waiting).code()).isNotZero();

        PodsOf topics = manifests.component("topics");
        assertThat(run(topics, topics.main()))
                .satisfies(run -> assertThat(run.code()).as(run.output()).isZero());
        assertThat(run(scoring, waiting).code()).isZero();
        strimziMakesTheSameTopics(kafka);

        Process service = start(scoring, scoring.main());
        PodsOf retrainer = manifests.component("retrainer");
        Process learning = start(retrainer, retrainer.main());
        awaitProbe(service, port, scoring.main().getStartupProbe());
        awaitProbe(service, port, scoring.main().getLivenessProbe());
        awaitProbe(service, port, scoring.main().getReadinessProbe());
        awaitProbe(learning, retrainerPort, retrainer.main().getStartupProbe());
        awaitProbe(learning, retrainerPort, retrainer.main().getReadinessProbe());

        PodsOf test = manifests.component("test");
        assertThat(run(test, test.main())).satisfies(run -> {
            assertThat(run.code()).as(run.output()).isZero();
            assertThat(run.output())
                    .contains("1 images sent to afterimage.images as helm-test")
                    .containsPattern("helm-test .*(normal|anomalous) .*digits");
        });
        // Nobody answers any more, so the test goes on waiting after its image has been sent.
        service.destroyForcibly().waitFor();
        Process unanswered = start(test, test.main());
        Path said = directory.resolve(test.main().getName() + ".log");
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(said).content().contains("1 images sent"));
        assertThat(unanswered.waitFor(3, TimeUnit.SECONDS)).isFalse();
    }

    private void strimziMakesTheSameTopics(String servers) throws Exception {
        Map<String, Map<String, String>> wanted = new TreeMap<>();
        Map<String, Integer> partitions = new TreeMap<>();
        Manifests.of(Chart.OURS.render("production", Map.of("topics.partitions", 4)))
                .all(KafkaTopic.class)
                .forEach(topic -> {
                    Map<String, String> config = new TreeMap<>();
                    if (topic.getSpec().getConfig() != null) {
                        topic.getSpec().getConfig().forEach((key, value) -> config.put(key, value.toString()));
                    }
                    wanted.put(topic.getSpec().getTopicName(), config);
                    partitions.put(
                            topic.getSpec().getTopicName(), topic.getSpec().getPartitions());
                });
        Map<String, Map<String, String>> made = new TreeMap<>();
        Map<String, Integer> madePartitions = new TreeMap<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            List<String> names = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith("afterimage."))
                    .toList();
            admin.describeTopics(names)
                    .allTopicNames()
                    .get()
                    .forEach((name, topic) ->
                            madePartitions.put(name, topic.partitions().size()));
            List<ConfigResource> resources = names.stream()
                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                    .toList();
            admin.describeConfigs(resources).all().get().forEach((topic, config) -> {
                Map<String, String> set = new TreeMap<>();
                config.entries().stream()
                        .filter(entry -> entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG)
                        .forEach((ConfigEntry entry) -> set.put(entry.name(), entry.value()));
                made.put(topic.name(), set);
            });
        }
        assertThat(wanted).isEqualTo(made);
        assertThat(partitions).isEqualTo(madePartitions);
    }

    private record Run(int code, String output) {}

    private Run run(PodsOf pods, Container container) throws Exception {
        Path output = Files.createTempFile(directory, container.getName(), ".log");
        Process process = start(pods, container, output);
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(Files.readString(output))
                .isTrue();
        return new Run(process.exitValue(), Files.readString(output));
    }

    private Process start(PodsOf pods, Container container) throws IOException {
        return start(pods, container, directory.resolve(container.getName() + ".log"));
    }

    /** The image's entry point is the launcher, which is also on the path. */
    private Process start(PodsOf pods, Container container, Path output) throws IOException {
        Map<String, String> here = new LinkedHashMap<>(replacements);
        here.put("/etc/afterimage", directory.resolve(container.getName()).toString());
        PodConfiguration configuration =
                PodConfiguration.of(manifests, pods, container).with(here);
        for (Map.Entry<String, String> file : configuration.files().entrySet()) {
            Path path = Path.of(file.getKey());
            Files.createDirectories(path.resolveSibling("."));
            Files.writeString(path, file.getValue());
        }
        Path launcher = Path.of(System.getProperty("afterimage.launcher")).toAbsolutePath();
        List<String> command = new ArrayList<>(container.getCommand());
        if (command.isEmpty()) {
            command.add(launcher.toString());
        }
        String arguments = String.join(" ", container.getArgs());
        if (!arguments.isEmpty()) {
            command.addAll(List.of(PodConfiguration.replace(arguments, here).split(" ", -1)));
        }
        command.replaceAll(word -> PodConfiguration.replace(word, here));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("KAFKA_") || key.startsWith("AFTERIMAGE_"));
        builder.environment().putAll(configuration.environment());
        builder.environment()
                .merge("PATH", launcher.resolveSibling(".").normalize().toString(), (path, bin) -> bin + ":" + path);
        Process process = builder.start();
        running.add(process);
        return process;
    }

    private static void awaitProbe(Process process, int port, Probe probe) {
        URI page = URI.create("http://localhost:" + port + probe.getHttpGet().getPath());
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    assertThat(process.isAlive())
                            .as("the process of %s is alive", page)
                            .isTrue();
                    return CLIENT.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200;
                });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
