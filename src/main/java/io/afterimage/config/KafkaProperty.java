package io.afterimage.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * A property that Kafka Streams or one of its clients knows, such as {@code main.consumer.fetch.min.bytes}.
 *
 * @param name with the prefix that addresses one client, if any
 * @param definition what Kafka says about it; null for the parameters of a config provider, whose names are free
 */
record KafkaProperty(String name, @Nullable ConfigKey definition) {
    private static final Pattern SECRET = Pattern.compile("password|jaas|secret|token$|passphrase|\\bkey$");
    private static final String PROVIDER_PREFIX = "config.providers.";

    private static final Map<String, ConfigKey> STREAMS =
            StreamsConfig.configDef().configKeys();
    private static final Map<String, ConfigKey> CONSUMER =
            ConsumerConfig.configDef().configKeys();
    private static final Map<String, ConfigKey> PRODUCER =
            ProducerConfig.configDef().configKeys();
    private static final Map<String, ConfigKey> ADMIN =
            AdminClientConfig.configDef().configKeys();
    private static final Map<String, KafkaProperty> KNOWN = known();
    private static final Map<String, KafkaProperty> BY_VARIABLE = byVariable();

    /** The property of that name, if there is one. */
    static Optional<KafkaProperty> named(String name) {
        if (name.startsWith(PROVIDER_PREFIX)) {
            return Optional.of(new KafkaProperty(name, null));
        }
        return Optional.ofNullable(KNOWN.get(name));
    }

    /** The property an environment variable stands for: {@code KAFKA_FETCH_MIN_BYTES} is {@code fetch.min.bytes}. */
    static Optional<KafkaProperty> ofVariable(String variable) {
        KafkaProperty known = BY_VARIABLE.get(variable);
        return known != null
                ? Optional.of(known)
                : named(variable.substring(KafkaSettings.VARIABLE_PREFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.'));
    }

    static Set<String> names() {
        return KNOWN.keySet();
    }

    static Set<String> variables() {
        return BY_VARIABLE.keySet();
    }

    /** Whether the value must never be shown. */
    boolean isSecret() {
        return isSecret(name) || (definition != null && definition.type == ConfigDef.Type.PASSWORD);
    }

    static boolean isSecret(String name) {
        return SECRET.matcher(name.toLowerCase(Locale.ROOT)).find();
    }

    /** What is wrong with the value, if anything. The text does not show a secret. */
    Optional<String> mistakeIn(String value) {
        if (definition == null || value.contains("${")) {
            return Optional.empty();
        }
        try {
            Object parsed = ConfigDef.parseType(name, value, definition.type);
            if (definition.validator != null) {
                definition.validator.ensureValid(name, parsed);
            }
            return Optional.empty();
        } catch (ConfigException e) {
            String shown = isSecret() ? "the value" : "'" + value + "'";
            String allowed = definition.validator == null ? "" : ", it must be " + definition.validator;
            return Optional.of("%s is not allowed for the type %s%s"
                    .formatted(shown, definition.type.name().toLowerCase(Locale.ROOT), allowed));
        }
    }

    private static Map<String, KafkaProperty> known() {
        var known = new LinkedHashMap<String, KafkaProperty>();
        for (Map<String, ConfigKey> keys : List.of(STREAMS, CONSUMER, PRODUCER, ADMIN)) {
            add(known, "", keys);
        }
        for (String prefix : List.of(
                StreamsConfig.CONSUMER_PREFIX,
                StreamsConfig.MAIN_CONSUMER_PREFIX,
                StreamsConfig.RESTORE_CONSUMER_PREFIX,
                StreamsConfig.GLOBAL_CONSUMER_PREFIX)) {
            add(known, prefix, CONSUMER);
        }
        add(known, StreamsConfig.PRODUCER_PREFIX, PRODUCER);
        add(known, StreamsConfig.ADMIN_CLIENT_PREFIX, ADMIN);
        return Map.copyOf(known);
    }

    private static void add(Map<String, KafkaProperty> known, String prefix, Map<String, ConfigKey> keys) {
        keys.forEach((name, key) -> known.putIfAbsent(prefix + name, new KafkaProperty(prefix + name, key)));
    }

    /** By the whole name, because a few property names have an underscore of their own. */
    private static Map<String, KafkaProperty> byVariable() {
        var byVariable = new LinkedHashMap<String, KafkaProperty>();
        KNOWN.values()
                .forEach(property -> byVariable.put(
                        KafkaSettings.VARIABLE_PREFIX
                                + property.name().toUpperCase(Locale.ROOT).replace('.', '_'),
                        property));
        return Map.copyOf(byVariable);
    }

    static Map<String, Object> forConsumer(Map<String, String> properties) {
        return select(properties, CONSUMER, StreamsConfig.CONSUMER_PREFIX);
    }

    static Map<String, Object> forProducer(Map<String, String> properties) {
        return select(properties, PRODUCER, StreamsConfig.PRODUCER_PREFIX);
    }

    static Map<String, Object> forAdmin(Map<String, String> properties) {
        return select(properties, ADMIN, StreamsConfig.ADMIN_CLIENT_PREFIX);
    }

    /** The properties a client of its own understands, without prefix; a value given with the prefix wins. */
    private static Map<String, Object> select(
            Map<String, String> properties, Map<String, ConfigKey> keys, String prefix) {
        var selected = new LinkedHashMap<String, Object>();
        properties.forEach((name, value) -> {
            if (keys.containsKey(name) || name.startsWith(PROVIDER_PREFIX)) {
                selected.put(name, value);
            }
        });
        properties.forEach((name, value) -> {
            if (name.startsWith(prefix) && keys.containsKey(name.substring(prefix.length()))) {
                selected.put(name.substring(prefix.length()), value);
            }
        });
        return selected;
    }
}
