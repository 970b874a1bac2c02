package io.afterimage.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afterimage.config.ConfigurationException;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.UpscalingArchitecture;
import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.stream.Deployment;
import io.afterimage.stream.ShippedImages;
import io.afterimage.stream.Topics;
import io.afterimage.train.TinyModels;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ModelEvent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One service runs every task, and the model of each changes by itself. */
@Tag("kafka")
class TasksIT {
    private static final byte[] DIGIT =
            ShippedImages.pngs(1, ShippedImages.DIGITS).get(0);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static Deployment broker;
    private static ModelArtifact clean;
    private static ModelArtifact cleaner;
    private static ModelArtifact large;
    private static ModelArtifact made;

    @BeforeAll
    static void start() throws Exception {
        clean = TinyModels.denoising("clean", 1);
        cleaner = TinyModels.denoising("clean", 2);
        large = TinyModels.upscaling("large", 1);
        made = TinyModels.generating("made", 2, 1);
        write(clean, "clean");
        write(cleaner, "cleaner");
        write(large, "large");
        write(made, "made");
        broker = Deployment.shared(directory);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void eachTaskFollowsItsOwnModel() throws Exception {
        Deployment deployment = broker.another("tasks");
        try (RunningService service = RunningService.start(deployment.configuration(tasks()))) {
            Awaitility.await().atMost(PATIENCE).until(service::ready);
            awaitInUse(service, "reconstruct", ModelArtifact.builtin());
            awaitInUse(service, "denoise", clean);
            awaitInUse(service, "super-resolve", large);
            awaitInUse(service, "generate", made);
            image(deployment, 1);
            request(deployment, "first");

            models(deployment, "publish", "--model", path("clean"));
            models(deployment, "publish", "--model", path("cleaner"));
            awaitInUse(service, "denoise", cleaner);
            image(deployment, 2);
            assertThat(Invocation.of(deployment.command("models", "shadow", version(clean), "--name", "clean"))
                            .err())
                    .contains("a model for 'denoise' gives no verdicts");

            models(deployment, "rollback", "--name", "clean");
            awaitInUse(service, "denoise", clean);
            image(deployment, 3);

            // Nobody can use it; the one before stays.
            try (ModelPublisher publisher = publisher(deployment, "large")) {
                publisher.publish(notFinite("large"), true, "a test", 5);
            }
            awaitRejected(deployment, "large", "not finite");
            image(deployment, 4);
            awaitInUse(service, "super-resolve", large);
            models(deployment, "prune", "--name", "clean", "--keep", "1");
        }

        assertThat(versions(deployment, deployment.topics().reconstructions()))
                .containsExactly(version(clean), version(cleaner), version(clean), version(clean));
        assertThat(versions(deployment, deployment.topics().upscaled()))
                .containsExactly(version(large), version(large), version(large), version(large));
        String shipped = version(ModelArtifact.builtin());
        assertThat(versions(deployment, deployment.topics().scores()))
                .containsExactly(shipped, shipped, shipped, shipped);
        List<ConsumerRecord<byte[], byte[]>> generated =
                deployment.committed(deployment.topics().generated());
        assertThat(generated).hasSize(3).allSatisfy(record -> {
            assertThat(record.key()).isEqualTo("asker".getBytes(UTF_8));
            assertThat(header(record, "ce_requestid")).isEqualTo("first");
            assertThat(header(record, "ce_modelversion")).isEqualTo(version(made));
        });
        assertThat(models(deployment, "list", "--name", "clean")).contains("denoise", version(clean));
        assertThat(models(deployment, "show", "--name", "clean")).contains("\"denoise\"", "\"u-net\"");
    }

    @Test
    void aModelOfAnotherTaskNeverScores() throws Exception {
        Deployment deployment = broker.another("another");
        ModelArtifact impostor = TinyModels.denoising("digits", 3);
        write(impostor, "impostor");
        // With nothing current the publisher cannot know better; the service does.
        models(deployment, "publish", "--model", path("impostor"));
        try (RunningService service = RunningService.start(deployment.configuration(Map.of()))) {
            Awaitility.await().atMost(PATIENCE).until(service::ready);
            awaitRejected(deployment, "digits", "is for 'denoise'");
            image(deployment, 1);
            assertThat(versions(deployment, deployment.topics().scores()))
                    .containsExactly(version(ModelArtifact.builtin()));
        }
    }

    @Test
    void aNameBelongsToOneTask() throws Exception {
        Deployment deployment = broker.another("names");
        write(TinyModels.denoising("digits", 4), "wrong");
        models(deployment, "publish", "--model", "builtin");
        Invocation refused = Invocation.of(deployment.command("models", "publish", "--model", path("wrong")));
        assertThat(refused.code()).isEqualTo(Main.FAILED);
        assertThat(refused.err()).contains("models named digits are for 'reconstruct'", "is for 'denoise'");
        assertThat(models(deployment, "list")).contains(version(ModelArtifact.builtin()));

        assertThatThrownBy(() -> RunningService.start(
                        deployment.configuration(Map.of("afterimage.denoise.model", path("wrong")))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("named 'digits'");
        assertThatThrownBy(() -> RunningService.start(
                        deployment.configuration(Map.of("afterimage.denoise.model", path("large")))))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("is for 'super-resolve'");
        assertThatThrownBy(
                        () -> RunningService.start(deployment.configuration(Map.of("afterimage.model", path("clean")))))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("is for 'denoise'");
    }

    @Test
    void aServiceBeginsWithTheVersionThatIsCurrent() throws Exception {
        Deployment deployment = broker.another("begins");
        models(deployment, "publish", "--model", path("cleaner"));
        try (RunningService service = RunningService.start(deployment.configuration(tasks()))) {
            Awaitility.await().atMost(PATIENCE).until(service::ready);
            image(deployment, 1);
        }
        assertThat(versions(deployment, deployment.topics().reconstructions())).containsExactly(version(cleaner));
    }

    @Test
    void onlyTheTasksThatAreRunNeedTheirTopics() throws Exception {
        Deployment deployment = broker.another("upgraded");
        Topics topics = deployment.topics();
        List<String> optional = List.of(topics.upscaled(), topics.generateRequests(), topics.generated());
        try (Admin admin = Admin.create(deployment.client(Map.of()))) {
            admin.deleteTopics(optional).all().get();
        }
        assertThatThrownBy(() -> RunningService.start(deployment.configuration(tasks())))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining(String.join(", ", optional))
                .hasMessageContaining("afterimage topics create");
        try (RunningService service = RunningService.start(deployment.configuration(Map.of()))) {
            Awaitility.await().atMost(PATIENCE).until(service::ready);
            image(deployment, 1);
        }
    }

    private static Map<String, String> tasks() {
        return Map.of(
                "afterimage.denoise.model", path("clean"),
                "afterimage.upscale.model", path("large"),
                "afterimage.generate.model", path("made"),
                "afterimage.reconstructions", "all");
    }

    private static void write(ModelArtifact artifact, String name) throws Exception {
        artifact.write(directory.resolve("models").resolve(name));
    }

    private static String path(String name) {
        return directory.resolve("models").resolve(name).toString();
    }

    private static String version(ModelArtifact artifact) {
        return artifact.manifest().version();
    }

    /** Sends an image, and returns when so many in all have their answer. */
    private static void image(Deployment deployment, int inAll) throws Exception {
        deployment.send(List.of(new ProducerRecord<>(deployment.topics().images(), "line".getBytes(UTF_8), DIGIT)));
        deployment.awaitOutcomes(inAll);
    }

    private static void request(Deployment deployment, String id) throws Exception {
        String json = "{\"id\":\"%s\",\"sample\":{\"count\":3,\"seed\":7}}".formatted(id);
        deployment.send(List.of(new ProducerRecord<>(
                deployment.topics().generateRequests(), "asker".getBytes(UTF_8), json.getBytes(UTF_8))));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() ->
                        deployment.committed(deployment.topics().generated()).size() == 3);
    }

    private static String models(Deployment deployment, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "models";
        System.arraycopy(args, 0, all, 1, args.length);
        return Invocation.succeed(deployment.command(all)).out();
    }

    private static ModelPublisher publisher(Deployment deployment, String name) {
        Map<String, Object> client = new HashMap<>(deployment.client(Map.of()));
        return new ModelPublisher(
                client,
                client,
                deployment.topics().models(),
                deployment.topics().modelEvents(),
                name,
                ModelSignatures.NOT_REQUIRED,
                Clock.systemUTC(),
                "test");
    }

    /** The large model with weights that are not numbers. */
    private static ModelArtifact notFinite(String name) {
        ModelManifest manifest = large.manifest();
        byte[] weights = large.weights().clone();
        // The end of the file is the end of the last tensor: little-endian NaN.
        for (int i = 4; i <= 4 * 4 * ((UpscalingArchitecture) manifest.architecture()).width(); i += 4) {
            weights[weights.length - i] = 0;
            weights[weights.length - i + 1] = 0;
            weights[weights.length - i + 2] = (byte) 0xC0;
            weights[weights.length - i + 3] = 0x7F;
        }
        return ModelArtifact.create(
                new ModelManifest(
                        manifest.format(),
                        name,
                        "",
                        manifest.task(),
                        manifest.architecture(),
                        manifest.scoring(),
                        manifest.calibration(),
                        manifest.weights(),
                        manifest.training(),
                        Map.of(),
                        ""),
                weights);
    }

    private static void awaitInUse(RunningService service, String task, ModelArtifact model) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(metrics(service))
                        .contains("task=\"%s\"".formatted(task))
                        .containsPattern("afterimage_task_model_info\\{.*name=\"%s\",task=\"%s\",version=\"%s\"\\}"
                                .formatted(model.manifest().name(), task, version(model))));
    }

    private static String metrics(RunningService service) throws Exception {
        URI address = URI.create("http://127.0.0.1:%d/metrics".formatted(service.port()));
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(), BodyHandlers.ofString())
                .body();
    }

    private static void awaitRejected(Deployment deployment, String name, String reason) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                deployment.committed(deployment.topics().modelEvents()).stream()
                                        .map(record -> EventSerdes.modelEvent()
                                                .deserializer()
                                                .deserialize("", record.value())))
                        .anySatisfy(event -> {
                            assertThat(event.type()).isEqualTo(ModelEvent.Type.REJECTED.label());
                            assertThat(event.model()).isEqualTo(name);
                            assertThat(event.reason()).contains(reason);
                        }));
    }

    private static List<String> versions(Deployment deployment, String topic) {
        return deployment.committed(topic).stream()
                .map(record -> header(record, "ce_modelversion"))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(
                Objects.requireNonNull(record.headers().lastHeader(name)).value(), UTF_8);
    }
}
