package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.registry.Current;
import io.afterimage.registry.ModelEvents;
import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.registry.ModelsTopic;
import io.afterimage.registry.StoredVersion;
import io.afterimage.stream.Topics;
import io.afterimage.wire.ModelEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model on which Kafka, for every command about models there. */
final class RegistryOptions {
    private static final Duration READ_WITHIN = Duration.ofSeconds(60);

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The model. Default: digits, the one that comes with the software.")
    private @Nullable String name;

    @Option(
            names = "--verify-with",
            paramLabel = "FILE",
            description = "Ed25519 public keys (PEM): only models signed by one of them are taken."
                    + " Default: AFTERIMAGE_MODEL_PUBLIC_KEYS")
    private @Nullable Path publicKeys;

    String name() {
        return name == null ? "digits" : name;
    }

    /** All models on the topic, read to the end. */
    ModelsTopic read() {
        ModelsTopic topic = open(kafka.load());
        try {
            topic.readToEnd(READ_WITHIN);
            return topic;
        } catch (RuntimeException e) {
            topic.close();
            throw e;
        }
    }

    /** Throws {@link CommandFailedException} when there is nothing of a version on the topic; says what there is. */
    void requireVersion(String version) {
        try (ModelsTopic topic = read()) {
            requireVersion(topic, name(), version);
        }
    }

    static void requireVersion(ModelsTopic topic, String name, String version) {
        List<String> versions =
                topic.versions(name).stream().map(StoredVersion::version).toList();
        if (versions.isEmpty()) {
            throw new CommandFailedException(nothing(topic, name));
        }
        if (!versions.contains(version)) {
            List<String> near = versions.stream()
                    .filter(each -> !version.isEmpty() && each.startsWith(version))
                    .toList();
            throw new CommandFailedException("Model %s has no version %s; %s"
                    .formatted(
                            name,
                            version,
                            near.size() == 1
                                    ? "did you mean " + near.get(0) + "?"
                                    : "there are " + String.join(", ", versions)));
        }
    }

    /** For people, when a model has no versions. */
    static String nothing(ModelsTopic topic, String name) {
        List<String> names = topic.names();
        return names.isEmpty()
                ? "There are no models on Kafka yet: `afterimage models publish --model builtin` puts the shipped one there"
                : "There is no model %s on Kafka; there is %s (--name)".formatted(name, String.join(", ", names));
    }

    ModelPublisher publisher() {
        return publisher(name());
    }

    /** @param fallback the name when the user gives none */
    ModelPublisher publisher(String fallback) {
        Configuration configuration = kafka.load();
        open(configuration).close();
        Topics topics = KafkaOptions.topics(configuration);
        return new ModelPublisher(
                configuration.kafka().forProducer(),
                configuration.kafka().forConsumer(),
                topics.models(),
                topics.modelEvents(),
                name == null ? fallback : name,
                signatures(),
                Clock.systemUTC(),
                "afterimage models");
    }

    /** Puts a word of the operator's on the topic of model events; returns when it is there. */
    void say(ModelEvent.Type type, String reason) throws InterruptedException {
        Configuration configuration = kafka.load();
        try (ModelsTopic topic = open(configuration)) {
            topic.readToEnd(READ_WITHIN);
            String version = topic.current(name()).map(Current::version).orElse("");
            if (version.isEmpty()) {
                throw new CommandFailedException(
                        "There is no current model %s: has the retrainer been started?".formatted(name()));
            }
            try (ModelEvents events = new ModelEvents(
                    configuration.kafka().forProducer(),
                    KafkaOptions.topics(configuration).modelEvents())) {
                events.publishNow(ModelEvent.of(
                        type,
                        name(),
                        version,
                        version,
                        reason,
                        Clock.systemUTC().instant(),
                        Map.of(),
                        "afterimage models"));
            }
        }
    }

    private ModelsTopic open(Configuration configuration) {
        String name = KafkaOptions.topics(configuration).models();
        ModelsTopic topic = new ModelsTopic(configuration.kafka().forConsumer(), name, Optional.empty(), signatures());
        try {
            if (topic.exists()) {
                return topic;
            }
        } catch (RuntimeException e) {
            topic.close();
            throw e;
        }
        topic.close();
        throw new CommandFailedException("There is no topic %s: `afterimage topics create` makes it".formatted(name));
    }

    private ModelSignatures signatures() {
        if (publicKeys == null) {
            return Models.keys(kafka.load().service());
        }
        try {
            return ModelSignatures.of(Files.readString(publicKeys));
        } catch (IOException e) {
            throw new CommandFailedException("Cannot read the public keys in " + publicKeys, e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(publicKeys + ": " + e.getMessage(), e);
        }
    }
}
