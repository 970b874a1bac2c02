package io.afterimage.containers;

import io.afterimage.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The broker an integration test runs on. Which one it is, the build says by the system property {@value #PROPERTY}:
 * {@code embedded}, the default, {@code container}, or {@code sasl-ssl} for a container that takes no connection without
 * TLS and a password. Tests know nothing of it: what a client needs is in {@link #client()}.
 *
 * <p>A container that cannot be started fails the test. Nothing here skips one.
 */
public sealed interface Broker extends AutoCloseable permits Broker.Embedded, Broker.Lent, ContainerBroker {
    String PROPERTY = "afterimage.test.kafka";

    /** What {@value #PROPERTY} may say. */
    enum Kind {
        EMBEDDED,
        CONTAINER,
        SASL_SSL;

        /** The kind that the build asks for. */
        public static Kind wanted() {
            String name = System.getProperty(PROPERTY, "embedded");
            return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /**
     * Starts the broker that the build asks for, for a test that changes its settings or takes it away.
     *
     * @param directory where an embedded one keeps its data
     */
    static Broker start(Path directory) throws Exception {
        Kind kind = Kind.wanted();
        return kind == Kind.EMBEDDED ? new Embedded(directory) : ContainerBroker.start(kind == Kind.SASL_SSL);
    }

    /**
     * As {@link #start}, for a test that can do with topics and groups of its own: in a container it is the same for all such
     * tests of a JVM, and closing it leaves it to the next.
     */
    static Broker shared(Path directory) throws Exception {
        return Kind.wanted() == Kind.EMBEDDED ? start(directory) : new Lent(ContainerBroker.shared());
    }

    /** What every client on this machine needs to get at the broker, by Kafka's names. */
    Map<String, String> client();

    /** Takes the broker away: for clients, nobody is there. */
    void stop();

    /** Has it back, where it was and with what it has stored. */
    void startAgain() throws Exception;

    @Override
    void close();

    /** {@link #client()} as settings of the service. */
    default Map<String, String> settings() {
        return settings(client());
    }

    /** What a client needs, as settings of the service. */
    static Map<String, String> settings(Map<String, String> client) {
        Map<String, String> settings = new HashMap<>();
        client.forEach((property, value) -> settings.put("kafka." + property, value));
        return settings;
    }

    /** {@link #client()} for the constructor of a client, and more. */
    default Map<String, Object> client(Map<String, ?> more) {
        Map<String, Object> client = new HashMap<>(client());
        client.putAll(more);
        return client;
    }

    default String bootstrapServers() {
        return client().getOrDefault("bootstrap.servers", "");
    }

    /** Flags that lead a command to the broker. */
    default List<String> flags() {
        List<String> flags = new ArrayList<>();
        client().forEach((property, value) -> flags.addAll(
                property.equals("bootstrap.servers")
                        ? List.of("--bootstrap-servers", value)
                        : List.of("--set", "kafka." + property + "=" + value)));
        return flags;
    }

    /** The one in a container, for one that runs in another container. */
    default ContainerBroker container() {
        throw new IllegalStateException("the image needs a broker in a container");
    }

    /** Inside this JVM. */
    final class Embedded implements Broker {
        private final Path directory;
        private EmbeddedBroker broker;

        Embedded(Path directory) throws Exception {
            this.directory = directory;
            this.broker = EmbeddedBroker.start(directory, 0);
        }

        @Override
        public Map<String, String> client() {
            return Map.of("bootstrap.servers", broker.bootstrapServers());
        }

        @Override
        public void stop() {
            broker.close();
        }

        @Override
        public void startAgain() throws Exception {
            broker = EmbeddedBroker.start(directory, broker.port());
        }

        @Override
        public void close() {
            broker.close();
        }
    }

    /** One that others use as well. */
    record Lent(ContainerBroker container) implements Broker {
        @Override
        public Map<String, String> client() {
            return container.client();
        }

        @Override
        public void stop() {
            throw new IllegalStateException("others use this broker");
        }

        @Override
        public void startAgain() {
            throw new IllegalStateException("nobody can have stopped it");
        }

        @Override
        public void close() {
            // The next test goes on with it.
        }
    }
}
