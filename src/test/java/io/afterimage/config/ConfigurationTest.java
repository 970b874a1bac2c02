package io.afterimage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final Map<String, String> BROKER = Map.of("KAFKA_BOOTSTRAP_SERVERS", "broker:9092");

    @TempDir
    Path directory;

    @Test
    void hasTheDocumentedDefaults() {
        ServiceSettings settings = ServiceSettings.of(Map.of());

        assertThat(settings)
                .isEqualTo(new ServiceSettings(
                        "afterimage",
                        "afterimage",
                        "builtin",
                        "",
                        "",
                        "",
                        "",
                        "",
                        0.01,
                        64,
                        Math.min(Runtime.getRuntime().availableProcessors(), 64),
                        1,
                        Duration.ofSeconds(30),
                        8 << 20,
                        40_000_000,
                        new PublishPolicy.Anomalous(),
                        new PublishPolicy.Anomalous(),
                        new PublishPolicy.All(),
                        262_144,
                        new PublishPolicy.None(),
                        EmbeddingFormat.JSON,
                        "0.0.0.0",
                        8080,
                        100,
                        Path.of(System.getProperty("java.io.tmpdir"), "afterimage")));
    }

    @Test
    void readsEverySettingFromEveryPlace() throws IOException {
        Map<String, String> other = Map.ofEntries(
                Map.entry("topics.prefix", "plant7"),
                Map.entry("application.id", "scorer"),
                Map.entry("model", "/models/a"),
                Map.entry("model.public.keys", "MCowBQYDK2VwAyEA"),
                Map.entry("challenger", "0123456789ab"),
                Map.entry("denoise.model", "/models/b"),
                Map.entry("upscale.model", "/models/c"),
                Map.entry("generate.model", "/models/d"),
                Map.entry("alpha", "0.05"),
                Map.entry("batch.size", "32"),
                Map.entry("inference.threads", "3"),
                Map.entry("stream.threads", "2"),
                Map.entry("inference.timeout", "1500ms"),
                Map.entry("image.max.bytes", "1024"),
                Map.entry("image.max.pixels", "65536"),
                Map.entry("reconstructions", "all"),
                Map.entry("heatmaps", "none"),
                Map.entry("upscaled", "anomalous"),
                Map.entry("upscale.max.pixels", "4096"),
                Map.entry("embeddings", "sampled:0.1"),
                Map.entry("embeddings.format", "binary"),
                Map.entry("http.host", "127.0.0.1"),
                Map.entry("http.port", "0"),
                Map.entry("metrics.streams", "7"),
                Map.entry("state.dir", "/var/lib/afterimage"));
        var expected = new ServiceSettings(
                "plant7",
                "scorer",
                "/models/a",
                "MCowBQYDK2VwAyEA",
                "0123456789ab",
                "/models/b",
                "/models/c",
                "/models/d",
                0.05,
                32,
                3,
                2,
                Duration.ofMillis(1500),
                1024,
                65536,
                new PublishPolicy.All(),
                new PublishPolicy.None(),
                new PublishPolicy.Anomalous(),
                4096,
                new PublishPolicy.Sampled(0.1),
                EmbeddingFormat.BINARY,
                "127.0.0.1",
                0,
                7,
                Path.of("/var/lib/afterimage"));
        assertThat(ServiceSettings.describe())
                .extracting(Setting::key)
                .containsExactlyInAnyOrderElementsOf(other.keySet());

        var environment = new HashMap<>(BROKER);
        var flags = new HashMap<String, String>();
        var lines = new StringBuilder();
        for (Setting<?> setting : ServiceSettings.describe()) {
            String value = other.getOrDefault(setting.key(), "");
            environment.put(setting.variable(), value);
            flags.put(setting.property(), value);
            lines.append(setting.property()).append('=').append(value).append('\n');
        }
        Path file = Files.writeString(directory.resolve("all.properties"), lines);

        assertThat(Configuration.of(Map.of(), environment, null).service()).isEqualTo(expected);
        assertThat(Configuration.of(flags, BROKER, null).service()).isEqualTo(expected);
        assertThat(Configuration.of(Map.of(), BROKER, file).service()).isEqualTo(expected);
    }

    @Test
    void readsTheRetrainersSettingsBesideTheServices() {
        Map<String, String> flags = Map.of("afterimage.retrain.period", "6h", "afterimage.retrain.window.mib", "2");
        var environment = new HashMap<>(BROKER);
        environment.put("AFTERIMAGE_RETRAIN_CONFIRM", "true");

        RetrainSettings read = Configuration.of(flags, environment, null).retrain();

        assertThat(read.period()).isEqualTo(Duration.ofHours(6));
        assertThat(read.windowBytes()).isEqualTo(2L << 20);
        assertThat(read.confirm()).isTrue();
        assertThat(read.keep()).isEqualTo(RetrainSettings.defaults().keep()).isEqualTo(5);
        assertThatThrownBy(() -> Configuration.of(
                        Map.of("afterimage.retrain.confirm", "yes", "afterimage.retrain.perod", "1h"), BROKER, null))
                .hasMessageContaining("afterimage.retrain.confirm")
                .hasMessageContaining("afterimage.retrain.period");
    }

    @Test
    void prefersFlagsToEnvironmentToFile() throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), """
                afterimage.alpha=0.02
                afterimage.batch.size=16
                afterimage.http.port=9000
                kafka.bootstrap.servers=file:9092
                kafka.producer.linger.ms=7
                """);
        Configuration read = Configuration.of(
                Map.of("afterimage.alpha", "0.04"),
                Map.of(
                        "AFTERIMAGE_CONFIG", file.toString(),
                        "AFTERIMAGE_ALPHA", "0.03",
                        "AFTERIMAGE_BATCH_SIZE", "8",
                        "AFTERIMAGE_HTTP_PORT", "",
                        "KAFKA_BOOTSTRAP_SERVERS", "environment:9092"),
                null);

        assertThat(read.service().alpha()).isEqualTo(0.04);
        assertThat(read.service().batchSize()).isEqualTo(8);
        assertThat(read.service().httpPort()).isEqualTo(9000);
        assertThat(read.kafka().bootstrapServers()).isEqualTo("environment:9092");
        assertThat(read.kafka().forProducer()).containsEntry("linger.ms", "7");
    }

    @Test
    void reportsAllMistakesAtOnceAndNoSecret() {
        ConfigurationException refused = refusal(Map.of(
                "AFTERIMAGE_ALPHA", "1.5",
                "AFTERIMAGE_BATCH_SIZE", "many",
                "AFTERIMAGE_HEATMAPS", "some",
                "AFTERIMAGE_BATCHSIZE", "3",
                "KAFKA_APPLICATION_ID", "mine",
                "KAFKA_FETCH_MIN_BYTES", "lots",
                "KAFKA_MAIN_CONSUMER_MAX_POLL_RECORDS", "-3",
                "KAFKA_SASL_JAAS_CONFIG", "module required password=\"hunter2\";"));

        assertThat(refused.mistakes())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("AFTERIMAGE_BATCHSIZE", "AFTERIMAGE_BATCH_SIZE?"),
                        line -> assertThat(line).contains("afterimage.alpha", "1.5", "between 0 and 1"),
                        line -> assertThat(line).contains("afterimage.batch.size", "many", "1..1024"),
                        line -> assertThat(line).contains("afterimage.heatmaps", "some", "sampled:<rate>"),
                        line -> assertThat(line).contains("kafka.application.id", "AFTERIMAGE_APPLICATION_ID"),
                        line -> assertThat(line).contains("kafka.fetch.min.bytes", "lots", "int"),
                        line -> assertThat(line).contains("kafka.main.consumer.max.poll.records", "-3"),
                        line -> assertThat(line).contains("KAFKA_BOOTSTRAP_SERVERS"));
        assertThat(refused).message().contains("8 mistakes").doesNotContain("hunter2");
    }

    @Test
    void suggestsTheVariableThatWasProbablyMeant() {
        assertThat(refusal(Map.of("KAFKA_BOOTSTRAP_SERVER", "broker:9092", "KAFKA_HEAP_OPTS", "-Xmx1g"))
                        .mistakes())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("kafka.bootstrap.servers is missing"))
                .anyMatch(
                        line -> line.contains("KAFKA_BOOTSTRAP_SERVER ") && line.contains("KAFKA_BOOTSTRAP_SERVERS?"));
    }

    @Test
    void refusesUnknownKeysOfFileAndFlags() throws IOException {
        Path file =
                Files.writeString(directory.resolve("a.properties"), "afterimage.alfa=0.1\nkafka.fetch.min.byte=1\n");
        var refused = catchThrowableOfType(
                ConfigurationException.class, () -> Configuration.of(Map.of("colour", "blue"), BROKER, file));

        assertThat(refused.mistakes())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("afterimage.alfa", "afterimage.alpha?"),
                        line -> assertThat(line)
                                .contains("colour is not a setting")
                                .doesNotContain("?"),
                        line -> assertThat(line).contains("kafka.fetch.min.byte ", "fetch.min.bytes?"));
    }

    @Test
    void refusesAFileThatIsNotThere() {
        var refused = catchThrowableOfType(
                ConfigurationException.class,
                () -> Configuration.of(Map.of(), BROKER, directory.resolve("none.properties")));
        assertThat(refused.mistakes()).singleElement().asString().contains("none.properties");
    }

    @Test
    void ignoresVariablesThatBelongToOthers() {
        var environment = new HashMap<>(BROKER);
        environment.put("KAFKA_HEAP_OPTS", "-Xmx1g");
        environment.put("KAFKA_PASSWORT", "hunter2");
        environment.put("AFTERIMAGE_SERVICE_HOST", "10.0.0.7");
        environment.put("AFTERIMAGE_PORT", "tcp://10.0.0.7:8080");
        environment.put("AFTERIMAGE_PORT_8080_TCP_ADDR", "10.0.0.7");
        environment.put("PATH", "/bin");

        Configuration read = Configuration.of(Map.of(), environment, null);

        assertThat(read.ignoredVariables()).containsExactly("KAFKA_HEAP_OPTS", "KAFKA_PASSWORT");
        assertThat(read.kafka().forStreams()).containsOnlyKeys("bootstrap.servers");
        assertThat(refusal(Map.of("AFTERIMAGE_HTP_PORT", "8080")).mistakes())
                .anyMatch(line -> line.contains("AFTERIMAGE_HTTP_PORT?"));
    }

    @Test
    void passesSecurityAndPrefixedPropertiesToTheClientsTheyAreMeantFor() {
        var environment = new HashMap<>(BROKER);
        environment.put("KAFKA_SECURITY_PROTOCOL", "SASL_SSL");
        environment.put("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512");
        environment.put("KAFKA_SASL_JAAS_CONFIG", "module required password=\"hunter2\";");
        environment.put("KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM", "");
        environment.put("KAFKA_MAIN_CONSUMER_FETCH_MIN_BYTES", "400000");
        environment.put("KAFKA_CONSUMER_FETCH_MIN_BYTES", "5");
        environment.put("KAFKA_FETCH_MIN_BYTES", "2");
        environment.put("KAFKA_RACK_AWARE_ASSIGNMENT_NON_OVERLAP_COST", "9");
        KafkaSettings kafka = Configuration.of(Map.of(), environment, null).kafka();

        assertThat(kafka.forAdmin())
                .containsOnlyKeys(
                        "bootstrap.servers",
                        "security.protocol",
                        "sasl.mechanism",
                        "sasl.jaas.config",
                        "ssl.endpoint.identification.algorithm");
        assertThat(kafka.forConsumer()).containsEntry("fetch.min.bytes", "5");
        assertThat(kafka.forProducer()).doesNotContainKey("fetch.min.bytes");

        Map<String, Object> streams = kafka.forStreams();
        streams.put("application.id", "a");
        var config = new StreamsConfig(streams);
        Map<String, Object> main = config.getMainConsumerConfigs("a", "a", 0);
        assertThat(main)
                .containsEntry(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "400000")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512");
        assertThat(config.getInt(StreamsConfig.RACK_AWARE_ASSIGNMENT_NON_OVERLAP_COST_CONFIG))
                .isEqualTo(9);
    }

    @Test
    void neverPrintsASecret() {
        KafkaSettings kafka = KafkaSettings.of(Map.of(
                "bootstrap.servers", "broker:9092",
                "sasl.jaas.config", "hunter2",
                "producer.ssl.key.password", "hunter2",
                "ssl.keystore.key", "hunter2",
                "consumer.ssl.truststore.certificates", "hunter2",
                "config.providers.vault.param.token", "hunter2"));

        assertThat(kafka).asString().contains("broker:9092", "[hidden]").doesNotContain("hunter2");
        assertThat(new Configuration(ServiceSettings.of(Map.of()), RetrainSettings.defaults(), kafka, List.of()))
                .asString()
                .doesNotContain("hunter2");
    }

    @Test
    void hidesTheValueOfEveryPasswordKafkaKnows() {
        assertThat(KafkaProperty.names())
                .filteredOn(name -> name.contains("password") || name.contains("jaas") || name.contains("secret"))
                .hasSizeGreaterThan(20)
                .allMatch(name -> KafkaProperty.named(name).orElseThrow().isSecret());
    }

    @Test
    void describesEverySettingInATable() {
        assertThat(ServiceSettings.markdownTable().lines())
                .hasSize(2 + ServiceSettings.describe().size())
                .anyMatch(line ->
                        line.startsWith("| `afterimage.batch.size` | `AFTERIMAGE_BATCH_SIZE` | `64` | 1..1024 |"))
                .allMatch(line -> line.split("\\|", -1).length == 7);
    }

    private static ConfigurationException refusal(Map<String, String> environment) {
        return catchThrowableOfType(ConfigurationException.class, () -> Configuration.of(Map.of(), environment, null));
    }
}
