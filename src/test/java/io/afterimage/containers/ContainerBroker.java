package io.afterimage.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * Kafka in a container, one node, on a network of its own: found on this machine under a fixed port, which it has again
 * after a kill, and by other containers of the network under the name {@value #NAME}. With security, clients and the broker
 * itself come in over TLS and with a password or not at all.
 */
public final class ContainerBroker implements Broker {
    private static final String NAME = "kafka";
    private static final int HOST_PORT = 9092;
    private static final int NETWORK_PORT = 19092;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String KEY_STORE = "/tmp/broker.p12";
    private static final String USER = "afterimage";

    private static final DockerImageName IMAGE =
            DockerImageName.parse(System.getProperty("afterimage.test.kafka.image", "apache/kafka:4.3.1"));

    private static @Nullable ContainerBroker shared;

    private final GenericContainer<?> container;
    private final Network network;
    private final int port;
    private final @Nullable Certificate certificate;

    private ContainerBroker(Network network, int port, @Nullable Certificate certificate) {
        this.network = network;
        this.port = port;
        this.certificate = certificate;
        this.container = new GenericContainer<>(IMAGE);
    }

    /** Starts one of the kind that the build asks for, which must be one in a container. */
    public static ContainerBroker start() {
        return start(Kind.wanted() == Kind.SASL_SSL);
    }

    /** The one of this JVM, which goes with it. */
    static synchronized ContainerBroker shared() {
        ContainerBroker broker = shared;
        if (broker == null) {
            broker = start();
            Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
            shared = broker;
        }
        return broker;
    }

    static ContainerBroker start(boolean secure) {
        Certificate certificate = secure ? Certificate.selfSigned("localhost", NAME) : null;
        ContainerBroker broker = new ContainerBroker(Network.newNetwork(), freePort(), certificate);
        try {
            broker.run();
            return broker;
        } catch (RuntimeException | Error e) {
            broker.close();
            throw e;
        }
    }

    private void run() {
        PortBinding published =
                new PortBinding(Ports.Binding.bindIpAndPort("127.0.0.1", port), ExposedPort.tcp(HOST_PORT));
        container
                .withNetwork(network)
                .withNetworkAliases(NAME)
                .withEnv(environment())
                .withCreateContainerCmdModifier(create -> {
                    create.withExposedPorts(ExposedPort.tcp(HOST_PORT));
                    Objects.requireNonNull(create.getHostConfig()).withPortBindings(published);
                })
                .waitingFor(Wait.forLogMessage(".*Kafka Server started.*\\n", 1).withStartupTimeout(PATIENCE));
        if (certificate != null) {
            container.withEnv(security(certificate)).withCopyToContainer(certificate.keyStore(), KEY_STORE);
        }
        container.start();
    }

    private Map<String, String> environment() {
        String protocol = certificate == null ? "PLAINTEXT" : "SASL_SSL";
        Map<String, String> environment = new HashMap<>(Map.of(
                "KAFKA_NODE_ID", "1",
                "KAFKA_PROCESS_ROLES", "broker,controller",
                "KAFKA_LISTENERS", "HOST://:%d,NETWORK://:%d,CONTROLLER://:9093".formatted(HOST_PORT, NETWORK_PORT),
                "KAFKA_ADVERTISED_LISTENERS", "HOST://localhost:%d,NETWORK://%s:%d".formatted(port, NAME, NETWORK_PORT),
                "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                        "HOST:%1$s,NETWORK:%1$s,CONTROLLER:PLAINTEXT".formatted(protocol),
                "KAFKA_INTER_BROKER_LISTENER_NAME", "NETWORK",
                "KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER",
                "KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093",
                "KAFKA_HEAP_OPTS", "-Xms256m -Xmx512m"));
        // As the embedded broker is set up, see there.
        environment.putAll(Map.of(
                "KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false",
                "KAFKA_MESSAGE_MAX_BYTES", Integer.toString(17 << 20),
                "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0",
                "KAFKA_TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS", "1000",
                "KAFKA_BROKER_SESSION_TIMEOUT_MS", "5000",
                "KAFKA_BROKER_HEARTBEAT_INTERVAL_MS", "1000"));
        for (String one : new String[] {
            "OFFSETS_TOPIC_REPLICATION_FACTOR",
            "TRANSACTION_STATE_LOG_REPLICATION_FACTOR",
            "TRANSACTION_STATE_LOG_MIN_ISR",
            "SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR",
            "SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR"
        }) {
            environment.put("KAFKA_" + one, "1");
        }
        environment.put("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "4");
        environment.put("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "4");
        return environment;
    }

    private static Map<String, String> security(Certificate certificate) {
        String login = login() + " user_" + USER + "=\"" + Certificate.PASSWORD + "\";";
        return Map.of(
                "KAFKA_SSL_KEYSTORE_TYPE",
                "PKCS12",
                "KAFKA_SSL_KEYSTORE_LOCATION",
                KEY_STORE,
                "KAFKA_SSL_KEYSTORE_PASSWORD",
                Certificate.PASSWORD,
                "KAFKA_SSL_TRUSTSTORE_TYPE",
                "PEM",
                "KAFKA_SSL_TRUSTSTORE_CERTIFICATES",
                oneLine(certificate),
                "KAFKA_SASL_ENABLED_MECHANISMS",
                "PLAIN",
                "KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL",
                "PLAIN",
                "KAFKA_LISTENER_NAME_HOST_PLAIN_SASL_JAAS_CONFIG",
                login,
                "KAFKA_LISTENER_NAME_NETWORK_PLAIN_SASL_JAAS_CONFIG",
                login);
    }

    private static String login() {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\""
                .formatted(USER, Certificate.PASSWORD);
    }

    /** The certificate as it may stand in a properties file. */
    private static String oneLine(Certificate certificate) {
        return certificate.pem().strip().replaceAll("\\R", " ");
    }

    @Override
    public Map<String, String> client() {
        return client("localhost:" + port);
    }

    /** What a client in a container of {@link #network()} needs. */
    public Map<String, String> clientInNetwork() {
        return client(NAME + ":" + NETWORK_PORT);
    }

    private Map<String, String> client(String bootstrapServers) {
        if (certificate == null) {
            return Map.of("bootstrap.servers", bootstrapServers);
        }
        return Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                login() + ";",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.certificates",
                certificate.pem());
    }

    /** The network, as Docker names it. */
    String network() {
        return network.getId();
    }

    @Override
    public ContainerBroker container() {
        return this;
    }

    /** Ends the broker with SIGKILL. */
    @Override
    public void stop() {
        docker().killContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void startAgain() {
        docker().startContainerCmd(container.getContainerId()).exec();
    }

    private static DockerClient docker() {
        return DockerClientFactory.instance().client();
    }

    @Override
    public void close() {
        container.stop();
        network.close();
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
