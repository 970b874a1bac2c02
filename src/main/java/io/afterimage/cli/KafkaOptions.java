package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.stream.Topics;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where Kafka is and how to reach it, for every command that needs it. */
final class KafkaOptions {
    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Brokers to connect to. Wins over KAFKA_BOOTSTRAP_SERVERS.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--topic-prefix",
            paramLabel = "PREFIX",
            description = "What the topic names begin with; \"afterimage\" by default.")
    private @Nullable String topicPrefix;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file with afterimage.* and kafka.* keys. Wins over AFTERIMAGE_CONFIG.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, such as afterimage.alpha=0.05 or kafka.security.protocol=SSL. Repeatable.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** Flags, environment and file together. */
    Configuration load() {
        return load(Map.of());
    }

    /** @param more settings by key that a command has flags of its own for; they win */
    Configuration load(Map<String, String> more) {
        Map<String, String> flags = new LinkedHashMap<>(settings);
        flags.putAll(more);
        if (bootstrapServers != null) {
            flags.put("kafka.bootstrap.servers", bootstrapServers);
        }
        if (topicPrefix != null) {
            flags.put("afterimage.topics.prefix", topicPrefix);
        }
        return Configuration.load(flags, file);
    }

    static Topics topics(Configuration configuration) {
        return new Topics(configuration.service().topicsPrefix());
    }
}
