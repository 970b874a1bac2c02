package io.afterimage.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the user configured, from four places: flags win over the environment, the environment over a properties file,
 * the file over defaults.
 *
 * <p>Flags and file use the same keys: {@code afterimage.<key>} and {@code kafka.<Kafka property>}. In the environment
 * they are {@code AFTERIMAGE_<KEY>} and {@code KAFKA_<PROPERTY>}, upper case with underscores. The environment is shared
 * with others: a {@code KAFKA_*} variable no client knows (a broker image's {@code KAFKA_HEAP_OPTS}) is reported by name
 * and ignored, while an unknown {@code AFTERIMAGE_*} can only be a slip and is refused. An empty {@code AFTERIMAGE_*}
 * counts as unset, as deployment templates leave it behind; an empty {@code KAFKA_*} is a value.
 *
 * @param ignoredVariables names of {@code KAFKA_*} variables that mean nothing to a Kafka client, sorted
 */
public record Configuration(
        ServiceSettings service, RetrainSettings retrain, KafkaSettings kafka, List<String> ignoredVariables) {
    /** Names the properties file when no flag does. */
    public static final String FILE_VARIABLE = "AFTERIMAGE_CONFIG";

    private static final Logger LOG = LoggerFactory.getLogger(Configuration.class);

    /** Read by the launcher, before there is a Java process to configure. */
    private static final Set<String> LAUNCHER_VARIABLES = Set.of(
            FILE_VARIABLE,
            "AFTERIMAGE_OPTS",
            "AFTERIMAGE_HEAP",
            "AFTERIMAGE_HOME",
            "AFTERIMAGE_LOG_LEVEL",
            "AFTERIMAGE_DEBUG");

    /** Kubernetes describes every service of a namespace in such variables, so one named afterimage would collide. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\\d+_(TCP|UDP|SCTP)(_.+)?)");

    private static final Pattern SERVICE_LINK_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    /**
     * Reads flags, this process's environment and the properties file, and warns of ignored variables.
     *
     * @param flags text by key
     * @param file the properties file; without one, the file that {@value #FILE_VARIABLE} names, if any
     * @throws ConfigurationException listing every mistake of every source
     */
    public static Configuration load(Map<String, String> flags, @Nullable Path file) {
        Configuration configuration = of(flags, System.getenv(), file);
        if (!configuration.ignoredVariables().isEmpty()) {
            LOG.warn(
                    "Ignored, as no Kafka client has such a property: {}",
                    String.join(", ", configuration.ignoredVariables()));
        }
        return configuration;
    }

    static Configuration of(Map<String, String> flags, Map<String, String> environment, @Nullable Path file) {
        var mistakes = new Mistakes();
        var ignored = new TreeMap<String, String>();
        var values = new LinkedHashMap<String, String>();
        values.putAll(fromFile(file != null ? file : configuredFile(environment), mistakes));
        values.putAll(fromEnvironment(environment, ignored, mistakes));
        values.putAll(flags);

        var service = new LinkedHashMap<String, String>();
        var retrain = new LinkedHashMap<String, String>();
        var kafka = new LinkedHashMap<String, String>();
        values.forEach((key, value) -> {
            if (key.startsWith(KafkaSettings.PROPERTY_PREFIX)) {
                kafka.put(key.substring(KafkaSettings.PROPERTY_PREFIX.length()), value.strip());
            } else if (key.startsWith(RetrainSettings.PROPERTY_PREFIX)) {
                retrain.put(key, value);
            } else {
                service.put(key, value);
            }
        });
        ServiceSettings serviceSettings = ServiceSettings.read(service, mistakes);
        RetrainSettings retrainSettings = RetrainSettings.read(retrain, mistakes);
        KafkaSettings kafkaSettings = KafkaSettings.read(kafka, mistakes);
        if (!mistakes.isEmpty()) {
            ignored.forEach((variable, hint) -> {
                if (!hint.isEmpty()) {
                    mistakes.add(variable + " is not a property of any Kafka client" + hint);
                }
            });
        }
        mistakes.throwIfAny();
        List<String> hints = ignored.entrySet().stream()
                .map(entry -> entry.getKey() + entry.getValue())
                .toList();
        return new Configuration(serviceSettings, retrainSettings, kafkaSettings, hints);
    }

    private static @Nullable Path configuredFile(Map<String, String> environment) {
        String name = environment.getOrDefault(FILE_VARIABLE, "");
        return name.isBlank() ? null : Path.of(name);
    }

    private static Map<String, String> fromFile(@Nullable Path file, Mistakes mistakes) {
        if (file == null) {
            return Map.of();
        }
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            mistakes.add("the properties file " + file + " cannot be read: "
                    + e.getClass().getSimpleName());
        }
        var values = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }

    private static Map<String, String> fromEnvironment(
            Map<String, String> environment, Map<String, String> ignored, Mistakes mistakes) {
        Map<String, Setting<?>> own = new LinkedHashMap<>();
        ServiceSettings.describe().forEach(setting -> own.put(setting.variable(), setting));
        RetrainSettings.describe().forEach(setting -> own.put(setting.variable(), setting));
        var values = new LinkedHashMap<String, String>();
        new TreeMap<>(environment).forEach((variable, value) -> {
            if (variable.startsWith(KafkaSettings.VARIABLE_PREFIX)) {
                Optional<KafkaProperty> property = KafkaProperty.ofVariable(variable);
                if (property.isPresent()) {
                    values.put(KafkaSettings.PROPERTY_PREFIX + property.get().name(), value);
                } else {
                    ignored.put(variable, NearestName.hint(variable, KafkaProperty.variables()));
                }
            } else if (variable.startsWith(Setting.VARIABLE_PREFIX) && !isForOthers(variable, value)) {
                Setting<?> setting = own.get(variable);
                if (setting == null) {
                    mistakes.add(variable + " is not a setting" + NearestName.hint(variable, own.keySet()));
                } else if (!value.isBlank()) {
                    values.put(setting.property(), value);
                }
            }
        });
        return values;
    }

    private static boolean isForOthers(String variable, String value) {
        return LAUNCHER_VARIABLES.contains(variable)
                || SERVICE_LINK.matcher(variable).matches()
                || (variable.endsWith("_PORT")
                        && SERVICE_LINK_ADDRESS.matcher(value).matches());
    }
}
