package io.afterimage.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afterimage.config.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Passwords, keys and certificates stay in mounted files, and every Kafka client finds them there. */
class KafkaAccessTest {
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "production, scoring, afterimage-scoring, password, ScramLoginModule",
        "production, retrainer, afterimage-retrainer, password, ScramLoginModule",
        "production, test, afterimage-test, password, ScramLoginModule",
        "sasl, scoring, scorer, password, PlainLoginModule",
        "sasl, topics, scorer, password, PlainLoginModule",
        "sasl, retrainer, learner, password, PlainLoginModule",
    })
    void everyClientGetsThePasswordOfItsFile(
            String example, String component, String username, String key, String module) throws Exception {
        Files.writeString(Files.createDirectory(directory.resolve("kafka-user")).resolve(key), "hunter2");

        PodConfiguration pod = pod(example, component);
        KafkaSettings kafka = pod.load(directory).kafka();
        String expected = "org.apache.kafka.common.security.%s.%s required username=\"%s\" password=\"hunter2\";"
                .formatted(module.startsWith("Plain") ? "plain" : "scram", module, username);

        assertThat(pod.properties()).doesNotContain("hunter2");
        assertThat(kafka).asString().doesNotContain("hunter2");
        assertThat(new AdminClientConfig(kafka.forAdmin())
                        .getPassword("sasl.jaas.config")
                        .value())
                .isEqualTo(expected);
        Map<String, Object> producer = kafka.forProducer();
        producer.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        producer.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        assertThat(new ProducerConfig(producer).getPassword("sasl.jaas.config").value())
                .isEqualTo(expected);
        Map<String, Object> streams = kafka.forStreams();
        streams.put("application.id", "afterimage");
        Map<String, Object> main = new StreamsConfig(streams).getMainConsumerConfigs("afterimage", "client", 0);
        main.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        main.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        assertThat(new ConsumerConfig(main).getPassword("sasl.jaas.config").value())
                .isEqualTo(expected);
    }

    @Test
    void aClientShowsTheCertificateOfItsFiles() throws Exception {
        KeyStore store = newKey();
        Path client = Files.createDirectory(directory.resolve("kafka-client"));
        String certificate = pem("CERTIFICATE", store.getCertificate("client").getEncoded());
        Files.writeString(Files.createDirectory(directory.resolve("kafka-ca")).resolve("ca.crt"), certificate);
        Files.writeString(client.resolve("tls.crt"), certificate);
        Files.writeString(
                client.resolve("tls.key"),
                pem("PRIVATE KEY", store.getKey("client", STORE_PASSWORD).getEncoded()));
        Map<String, Object> admin =
                pod("tls", "scoring").load(directory).kafka().forAdmin();
        admin.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");

        assertThat(new AdminClientConfig(admin).getPassword("ssl.keystore.key").value())
                .startsWith("-----BEGIN PRIVATE KEY-----");
        Admin.create(admin).close();

        // A key that is none is noticed when the client is made, so it was read.
        Files.writeString(client.resolve("tls.key"), certificate);
        assertThatThrownBy(() -> Admin.create(admin)).isInstanceOf(KafkaException.class);
    }

    private PodConfiguration pod(String example, String component) {
        Manifests manifests = Manifests.of(Chart.OURS.render(example));
        var pods = manifests.component(component);
        return PodConfiguration.of(manifests, pods, pods.main())
                .with(Map.of(
                        "/etc/afterimage/kafka",
                        directory + "/kafka",
                        "allowed.paths=/etc/afterimage",
                        "allowed.paths=" + directory));
    }

    private KeyStore newKey() throws Exception {
        Path file = directory.resolve("client.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "client",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=client",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(STORE_PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(output).isZero();
        return KeyStore.getInstance(file.toFile(), STORE_PASSWORD);
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what);
    }
}
