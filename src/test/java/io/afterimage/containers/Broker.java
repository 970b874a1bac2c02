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
public sealed interface Broker extends AutoCloseable permits Broker.Embedded, ContainerBroker {
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
     * Starts the broker that the build asks for.
     *
     * @param directory where an embedded one keeps its data
     */
    static Broker start(Path directory) throws Exception {
        Kind kind = Kind.wanted();
        return kind == Kind.EMBEDDED
                ? new Embedded(EmbeddedBroker.start(directory, 0))
                : ContainerBroker.start(kind == Kind.SASL_SSL);
    }

    /** What every client on this machine needs to get at the broker, by Kafka's names. */
    Map<String, String> client();

    @Override
    void close();

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

    /** Inside this JVM. */
    record Embedded(EmbeddedBroker broker) implements Broker {
        @Override
        public Map<String, String> client() {
            return Map.of("bootstrap.servers", broker.bootstrapServers());
        }

        @Override
        public void close() {
            broker.close();
        }
    }
}
