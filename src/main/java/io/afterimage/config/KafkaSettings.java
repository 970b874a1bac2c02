package io.afterimage.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Properties for Kafka Streams and the Kafka clients, as Kafka names them. A prefix addresses one client:
 * {@code consumer.}, {@code main.consumer.}, {@code restore.consumer.}, {@code global.consumer.}, {@code producer.},
 * {@code admin.}; a property without prefix goes to every client that knows it.
 */
public final class KafkaSettings {
    static final String PROPERTY_PREFIX = "kafka.";
    static final String VARIABLE_PREFIX = "KAFKA_";
    static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

    /** Properties that follow from the service's own settings: one thing has one name. */
    private static final Map<String, Setting<?>> OWNED = Map.of(
            "application.id", ServiceSettings.APPLICATION_ID,
            "num.stream.threads", ServiceSettings.STREAM_THREADS,
            "state.dir", ServiceSettings.STATE_DIR);

    private final Map<String, String> properties;

    private KafkaSettings(Map<String, String> properties) {
        this.properties = Map.copyOf(properties);
    }

    /**
     * Checks names, types and ranges against Kafka's own definitions.
     *
     * @param properties text by Kafka property name, such as {@code bootstrap.servers}
     * @throws ConfigurationException for every unknown name, value that is not allowed, and missing bootstrap servers
     */
    public static KafkaSettings of(Map<String, String> properties) {
        var mistakes = new Mistakes();
        KafkaSettings settings = read(properties, mistakes);
        mistakes.throwIfAny();
        return settings;
    }

    static KafkaSettings read(Map<String, String> properties, Mistakes mistakes) {
        new TreeMap<>(properties).forEach((name, value) -> {
            Setting<?> owner = OWNED.get(name);
            var known = KafkaProperty.named(name);
            if (owner != null) {
                mistakes.add("%s%s is set by the service; use %s or %s"
                        .formatted(PROPERTY_PREFIX, name, owner.property(), owner.variable()));
            } else if (known.isEmpty()) {
                mistakes.add("%s%s is not a property of any Kafka client%s"
                        .formatted(PROPERTY_PREFIX, name, NearestName.hint(name, KafkaProperty.names())));
            } else {
                known.get().mistakeIn(value).ifPresent(why -> mistakes.add(PROPERTY_PREFIX + name + ": " + why));
            }
        });
        if (properties.getOrDefault(BOOTSTRAP_SERVERS, "").isBlank()) {
            mistakes.add("kafka.bootstrap.servers is missing: set KAFKA_BOOTSTRAP_SERVERS to host:port of a broker");
        }
        return new KafkaSettings(properties);
    }

    /** Where the brokers are: {@code host:port,host:port}. */
    public String bootstrapServers() {
        return properties.getOrDefault(BOOTSTRAP_SERVERS, "");
    }

    /** Everything, prefixes included, as {@code StreamsConfig} wants it; a new map the caller may change. */
    public Map<String, Object> forStreams() {
        return new LinkedHashMap<>(properties);
    }

    /** What a consumer of its own needs; a new map the caller may change. */
    public Map<String, Object> forConsumer() {
        return KafkaProperty.forConsumer(properties);
    }

    /** What a producer of its own needs; a new map the caller may change. */
    public Map<String, Object> forProducer() {
        return KafkaProperty.forProducer(properties);
    }

    /** What an admin client needs; a new map the caller may change. */
    public Map<String, Object> forAdmin() {
        return KafkaProperty.forAdmin(properties);
    }

    /** Names and values in order, secrets masked. */
    @Override
    public String toString() {
        List<String> shown = new TreeMap<>(properties)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + (isSecret(entry.getKey()) ? "[hidden]" : entry.getValue()))
                        .toList();
        return "KafkaSettings{" + String.join(", ", shown) + "}";
    }

    private static boolean isSecret(String name) {
        return KafkaProperty.isSecret(name)
                || KafkaProperty.named(name).map(KafkaProperty::isSecret).orElse(true);
    }
}
