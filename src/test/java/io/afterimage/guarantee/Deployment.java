package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.containers.Broker;
import io.afterimage.containers.ContainerBroker;
import io.afterimage.containers.ContainerProcess;
import io.afterimage.stream.TopicAdministration;
import io.afterimage.stream.Topics;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * A broker and the services that work on it, all below one folder. They are processes, or containers if the build asks for
 * it, see {@link Broker} and {@link ContainerProcess}. Closing it kills whatever still runs.
 */
final class Deployment implements AutoCloseable {
    static final int PARTITIONS = 4;

    private static final Pattern BROKER_READY = Pattern.compile("Broker ready at (\\S+:(\\d+))");

    /** Quick to start rather than quick: the tests ask what is right, not what is fast. */
    private static final Map<String, String> SMALL_JVM =
            Map.of("AFTERIMAGE_HEAP", "512m", "JAVA_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1");

    /** The shortest the broker allows: how long a killed instance holds on to its partitions. */
    private static final String SESSION_TIMEOUT_MILLIS = "6000";

    private final Path directory;
    private final List<Child> children = new ArrayList<>();
    private final @Nullable ContainerBroker container;
    private @Nullable Child broker;
    private Map<String, String> client = Map.of();
    private int port;

    private Deployment(Path directory, @Nullable ContainerBroker container) {
        this.directory = directory;
        this.container = container;
    }

    static Deployment start(Path directory) throws IOException {
        if (Broker.Kind.wanted() != Broker.Kind.EMBEDDED) {
            ContainerBroker broker = ContainerBroker.start();
            Deployment deployment = new Deployment(directory, broker);
            deployment.client = broker.client();
            return deployment;
        }
        Deployment deployment = new Deployment(directory, null);
        try {
            deployment.startBroker();
        } catch (RuntimeException | Error | IOException e) {
            deployment.close();
            throw e;
        }
        return deployment;
    }

    /** Starts the broker on the port it had before, or on any free one the first time. */
    void startBroker() throws IOException {
        if (container != null) {
            container.startAgain();
            return;
        }
        broker = child(
                "broker",
                List.of(launcher(), "broker", "--port", "" + port, "--dir", "" + directory.resolve("broker")),
                SMALL_JVM);
        var ready = broker.awaitOutput(BROKER_READY);
        client = Map.of("bootstrap.servers", ready.group(1));
        port = Integer.parseInt(ready.group(2));
    }

    /** Ends the broker with SIGKILL. */
    void killBroker() throws InterruptedException {
        if (container != null) {
            container.stop();
        } else if (broker != null) {
            broker.kill();
        }
    }

    /** What a client needs to get at the broker, and more. */
    Map<String, Object> client(Map<String, ?> more) {
        Map<String, Object> all = new HashMap<>(client);
        all.putAll(more);
        return all;
    }

    void createTopics(Topics topics) {
        try (Admin admin = Admin.create(client(Map.of()))) {
            List<TopicAdministration.Outcome> outcomes =
                    new TopicAdministration(admin, topics).create(PARTITIONS, TopicAdministration.BROKERS_CHOICE);
            assertThat(outcomes).hasOnlyElementsOfType(TopicAdministration.Created.class);
        } catch (KafkaException e) {
            throw new AssertionError("the topics cannot be made" + (broker == null ? "" : broker.tail()), e);
        }
    }

    /**
     * Starts the service as a user would.
     *
     * @param instance names its folder of state: an instance that was killed finds its own again
     * @param settings environment variables that win over those of the deployment
     */
    Child serve(Topics topics, String instance, Map<String, String> settings) throws IOException {
        return service("serve", topics, instance, settings);
    }

    /** Starts the retrainer as a user would. */
    Child retrain(Topics topics, Map<String, String> settings) throws IOException {
        return service("retrain", topics, "retrain", settings);
    }

    private Child service(String command, Topics topics, String instance, Map<String, String> settings)
            throws IOException {
        Map<String, String> environment = environment(topics, instance, settings);
        if (!ContainerProcess.wanted()) {
            return child(instance, List.of(launcher(), command), environment);
        }
        if (container == null) {
            throw new IllegalStateException("the image needs a broker in a container");
        }
        // In a container, state, port and broker are elsewhere.
        environment.keySet().removeAll(List.of("AFTERIMAGE_STATE_DIR", "AFTERIMAGE_HTTP_HOST"));
        environment.put("AFTERIMAGE_HTTP_PORT", "" + ContainerProcess.HTTP_PORT);
        environment.putAll(ContainerProcess.variables(Broker.settings(container.clientInNetwork())));
        environment.putAll(settings);
        Path output = directory.resolve(instance + "-" + children.size() + ".log");
        Child child = Child.of(
                instance,
                ContainerProcess.start(List.of(command), environment, container, directory.resolve(instance), output),
                output);
        children.add(child);
        return child;
    }

    /** Starts a main class from the class path of the tests, configured like the service. */
    Child serve(Class<?> main, Topics topics, String instance) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
        Map<String, String> environment = environment(topics, instance, Map.of());
        environment.keySet().removeAll(SMALL_JVM.keySet());
        return child(instance, command, environment);
    }

    private Map<String, String> environment(Topics topics, String instance, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(SMALL_JVM);
        environment.putAll(ContainerProcess.variables(Broker.settings(client)));
        environment.put("KAFKA_SESSION_TIMEOUT_MS", SESSION_TIMEOUT_MILLIS);
        environment.put("KAFKA_HEARTBEAT_INTERVAL_MS", "1500");
        environment.put("AFTERIMAGE_TOPICS_PREFIX", topics.prefix());
        environment.put("AFTERIMAGE_APPLICATION_ID", applicationId(topics));
        environment.put("AFTERIMAGE_STATE_DIR", directory.resolve(instance).toString());
        environment.put("AFTERIMAGE_HTTP_HOST", "127.0.0.1");
        environment.put("AFTERIMAGE_HTTP_PORT", "0");
        environment.put("AFTERIMAGE_RETRAIN_HTTP_PORT", "0");
        environment.putAll(settings);
        return environment;
    }

    /** Services on the same topics share the work. */
    static String applicationId(Topics topics) {
        return topics.prefix() + "-scoring";
    }

    private Child child(String name, List<String> command, Map<String, String> environment) throws IOException {
        Path output = directory.resolve(name + "-" + children.size() + ".log");
        Child child = Child.start(name, command, environment, output);
        children.add(child);
        return child;
    }

    private static String launcher() {
        String launcher = System.getProperty("afterimage.launcher");
        assertThat(new File(launcher)).as("the launcher that `package` makes").isFile();
        return launcher;
    }

    /** Kills every service that still runs; the broker goes on. */
    void closeServices() {
        for (Child child : children) {
            if (child != broker) {
                child.close();
            }
        }
    }

    @Override
    public void close() {
        children.forEach(Child::close);
        if (container != null) {
            container.close();
        }
    }
}
