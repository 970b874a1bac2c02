package io.afterimage.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afterimage.config.Configuration;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The chart, rendered for each of its examples. deploy/helm holds the same renderings to more schemas. */
class ChartTest {
    private static final Path RENDERED = Path.of("target", "helm");

    @TempDir
    private Path scratch;

    @ParameterizedTest
    @MethodSource("io.afterimage.deploy.Chart#examples")
    void isWhatKubernetesAndTheServiceTake(String example) throws IOException {
        String rendered = Chart.OURS.render(example);
        Files.createDirectories(RENDERED);
        Files.writeString(RENDERED.resolve(example + ".yaml"), rendered);

        assertThat(ChartRules.mistakesIn(Manifests.of(rendered), scratch)).isEmpty();
    }

    @Test
    void sizesThreadsAndHeapByTheResources() throws IOException {
        Map<String, Object> changes =
                Map.of("scoring.resources.requests.cpu", "5500m", "scoring.resources.limits.memory", "3Gi");

        assertThat(scoring("external", changes).service())
                .satisfies(settings -> assertThat(settings.inferenceThreads()).isEqualTo(6))
                .satisfies(settings -> assertThat(settings.streamThreads()).isEqualTo(2));
        assertThat(pod("external", changes).environment())
                .containsEntry("AFTERIMAGE_HEAP", "1536m")
                .containsEntry("JDK_JAVA_OPTIONS", "-XX:ActiveProcessorCount=6")
                .containsEntry("OMP_NUM_THREADS", "1");
        // A limit is what there is; a request is what there is when there is no limit.
        assertThat(scoring("kind", Map.of()).service().inferenceThreads()).isEqualTo(2);
    }

    @Test
    void whatIsSetByHandWins() throws IOException {
        Configuration read = scoring("tls", Map.of());

        assertThat(read.service().streamThreads()).isEqualTo(2);
        assertThat(read.service().topicsPrefix()).isEqualTo("plant_7.line");
        assertThat(read.service().applicationId()).isEqualTo("plant7-scorer");
        assertThat(read.kafka().forStreams())
                .containsEntry("main.consumer.fetch.max.wait.ms", "30")
                .containsEntry("num.standby.replicas", "1");
        assertThat(scoring("tls", Map.of("kafka.properties.num\\.standby\\.replicas", 2))
                        .kafka()
                        .forStreams())
                .containsEntry("num.standby.replicas", "2");
    }

    /** Helm reads numbers as floats; a million must not leave as 1e+06. */
    @Test
    void largeNumbersStayWhatTheyAre() throws IOException {
        Configuration read = scoring(
                "external",
                Map.of(
                        "settings.image\\.max\\.bytes", 16777216,
                        "settings.image\\.max\\.pixels", 100000000,
                        "kafka.properties.main\\.consumer\\.fetch\\.min\\.bytes", 1000000,
                        "user.id", 1000660000));

        assertThat(read.service().imageMaxBytes()).isEqualTo(16 << 20);
        assertThat(read.service().imageMaxPixels()).isEqualTo(100_000_000);
        assertThat(read.kafka().forStreams()).containsEntry("main.consumer.fetch.min.bytes", "1000000");
    }

    @ParameterizedTest
    @CsvSource({"40, 24, 4, 24", "40, 24, 8, 12", "40, 5, 8, 3", "7, 24, 4, 7", "2, 1, 4, 1"})
    void neverScalesBeyondThePartitions(int most, int partitions, int processors, int expected) {
        Map<String, Object> changes = Map.of(
                "autoscaling.maxReplicas",
                most,
                "topics.partitions",
                partitions,
                "scoring.resources.limits.cpu",
                Integer.toString(processors));

        GenericKubernetesResource scaled = Manifests.of(Chart.OURS.render("production", changes))
                .untyped("ScaledObject")
                .findFirst()
                .orElseThrow();
        assertThat(scaled.<Integer>get("spec", "maxReplicaCount")).isEqualTo(expected);
        assertThat(scaled.<Integer>get("spec", "minReplicaCount")).isLessThanOrEqualTo(expected);
        assertThat(scaled.<String>get("spec", "triggers", 0, "metadata", "topic"))
                .isEqualTo("afterimage.images");
        assertThat(scaled.<String>get("spec", "triggers", 0, "metadata", "consumerGroup"))
                .isEqualTo("afterimage");

        Map<String, Object> byCpu = new HashMap<>(changes);
        byCpu.put("autoscaling.by", "cpu");
        assertThat(Manifests.of(Chart.OURS.render("production", byCpu))
                        .all(HorizontalPodAutoscaler.class)
                        .map(scaler -> scaler.getSpec().getMaxReplicas()))
                .containsExactly(expected);
    }

    @Test
    void carriesTheRulesThatPrometheusIsGiven() throws IOException {
        Path carried = Chart.OURS.folder().resolve("files/afterimage-alerts.yml");
        PrometheusRule rule = Manifests.of(Chart.OURS.render("production"))
                .all(PrometheusRule.class)
                .findFirst()
                .orElseThrow();

        JsonNode file = YAMLMapper.builder().build().readTree(Files.readString(carried));
        assertThat(rule.getSpec().getGroups()).hasSize(file.path("groups").size());
        assertThat(rule.getSpec().getGroups().stream()
                        .flatMap(group -> group.getRules().stream())
                        .map(alert -> Objects.toString(alert.getAlert(), "")
                                + alert.getExpr().getValue()))
                .isNotEmpty()
                .containsExactlyElementsOf(file.path("groups")
                        .valueStream()
                        .flatMap(group -> group.path("rules").valueStream())
                        .map(alert -> alert.path("alert").asString("")
                                + alert.path("expr").asString())
                        .toList());
    }

    @Test
    void theChartCarriesTheAlertsOfTheDeployment() {
        assertThat(Chart.OURS.folder().resolve("files/afterimage-alerts.yml"))
                .hasSameTextualContentAs(Path.of("deploy/prometheus/afterimage-alerts.yml"));
    }

    @Test
    void theSchemaKnowsEverySettingThatIsNotTheCharts() throws IOException {
        JsonNode schema = JsonMapper.shared()
                .readTree(Files.readString(Chart.OURS.folder().resolve("values.schema.json")));
        List<String> ownedByTheChart = List.of(
                "topics.prefix",
                "application.id",
                "http.host",
                "http.port",
                "state.dir",
                "retrain.http.port",
                "retrain.signing.key");

        assertThat(schema.path("properties").path("settings").path("properties").propertyNames())
                .containsExactlyInAnyOrderElementsOf(PodConfiguration.settings()
                        .map(setting -> setting.key())
                        .filter(key -> !ownedByTheChart.contains(key))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scoring.replica | 3 | replica",
                "settings.alfa | 0.1 | alfa",
                "settings.http\\.port | 9090 | http.port",
                "kafka.security | TLS | security",
                "kafka.properties.application\\.id | x | application.id",
                "kafka.bootstrapServers | kafka.example.org | bootstrapServers",
                "topics.partitions | 0 | partitions",
                "topics.replicationFactor | 0 | replicationFactor",
                "topics.managedBy | somebody | managedBy",
                "scoring.resources.limits.memory | 2g | memory",
                "scoring.resources.requests.cpu | two | cpu",
                "scoring.persistence.size | big | size",
                "autoscaling.by | moon | by",
                "image.digest | sha256:1 | digest",
                "user.id | 0 | id",
                "monitoring.interval | often | interval",
                "retrainer.sasl.username | learner | existingSecret",
                "kafka.embedded.enabled | true | exclude each other",
                "strimzi.users | true | strimzi.users needs topics.managedBy=strimzi",
                "topics.managedBy | strimzi | strimzi.cluster is missing",
            })
    void refuses(String key, String value, String why) {
        assertThatThrownBy(() -> Chart.OURS.render("external", Map.of(key, value)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka.sasl.username | '' | kafka.sasl.username is missing",
                "kafka.sasl.password | '' | a password is missing",
                "kafka.sasl.password | say \"it\" | must not have quotes",
            })
    void refusesAnAccountThatCannotWork(String key, String value, String why) {
        assertThatThrownBy(() -> Chart.OURS.render("sasl", Map.of(key, value))).hasMessageContaining(why);
    }

    @ParameterizedTest
    @MethodSource("io.afterimage.deploy.Chart#examples")
    void tellsTheOperatorWhatToDoNext(String example) {
        assertThat(Chart.OURS.notes(example))
                .contains("afterimage tail --from-beginning", "curl -s localhost:8080/readyz")
                .doesNotContain("{{", "<no value>");
    }

    /** A job before the installation can only use what is there before it, too. */
    @ParameterizedTest
    @MethodSource("io.afterimage.deploy.Chart#examples")
    void whatAHookMountsComesBeforeIt(String example) {
        Manifests manifests = Manifests.of(Chart.OURS.render(example));

        manifests.all(Job.class).filter(job -> hook(job) != null).forEach(job -> {
            assertThat(hook(job)).isEqualTo("pre-install,pre-upgrade");
            PodSpec spec = job.getSpec().getTemplate().getSpec();
            assertThat(spec.getServiceAccountName()).isNull();
            for (Volume volume : spec.getVolumes()) {
                if (volume.getConfigMap() != null) {
                    assertThat(manifests.named(
                                    ConfigMap.class, volume.getConfigMap().getName()))
                            .get()
                            .satisfies(it -> comesBefore(it, job));
                }
                if (volume.getSecret() != null) {
                    manifests
                            .named(Secret.class, volume.getSecret().getSecretName())
                            .ifPresent(it -> comesBefore(it, job));
                }
            }
        });
    }

    private static void comesBefore(HasMetadata what, Job job) {
        assertThat(hook(what)).as(Manifests.name(what)).isEqualTo(hook(job));
        assertThat(weight(what)).isLessThan(weight(job));
    }

    private static @Nullable String hook(HasMetadata resource) {
        Map<String, String> annotations = resource.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get("helm.sh/hook");
    }

    private static int weight(HasMetadata resource) {
        return Integer.parseInt(resource.getMetadata().getAnnotations().get("helm.sh/hook-weight"));
    }

    private Configuration scoring(String example, Map<String, Object> changes) throws IOException {
        return pod(example, changes).load(scratch);
    }

    private static PodConfiguration pod(String example, Map<String, Object> changes) {
        Manifests manifests = Manifests.of(Chart.OURS.render(example, changes));
        var pods = manifests.component("scoring");
        return PodConfiguration.of(manifests, pods, pods.main());
    }
}
