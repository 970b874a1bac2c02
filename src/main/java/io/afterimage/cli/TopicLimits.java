package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.config.ServiceSettings;
import io.afterimage.stream.ScoringService;
import io.afterimage.stream.TopicAdministration;
import io.afterimage.stream.TopicAdministration.Description;
import io.afterimage.stream.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;

/**
 * The bytes that a record of a topic may have where its size is not known before; one that is too long would come back for ever.
 *
 * @param deadLetters with its headers
 * @param upscaled of the picture alone
 * @param generated of the picture alone
 */
record TopicLimits(int deadLetters, int upscaled, int generated) {
    /** More than the headers and the frame of a record take. */
    private static final int HEADERS = 32 << 10;

    /**
     * Asks the brokers, which also finds out whether the topics exist that are needed.
     *
     * @throws CommandFailedException when topics are missing
     */
    static TopicLimits read(Configuration configuration) {
        Topics topics = KafkaOptions.topics(configuration);
        try (Admin admin = Admin.create(configuration.kafka().forAdmin())) {
            List<Description> descriptions = new TopicAdministration(admin, topics).describe();
            Set<String> unused = unused(topics, configuration.service());
            List<String> missing = descriptions.stream()
                    .filter(topic -> !topic.exists() && !unused.contains(topic.topic()))
                    .map(Description::topic)
                    .toList();
            if (!missing.isEmpty()) {
                throw new CommandFailedException("Topics are missing: " + String.join(", ", missing)
                        + ". `afterimage topics create` makes them");
            }
            return new TopicLimits(
                    most(descriptions, topics.deadLetters()),
                    picture(configuration, most(descriptions, topics.upscaled())),
                    picture(configuration, most(descriptions, topics.generated())));
        }
    }

    /** Topics of tasks that are not run: a service that is upgraded starts without them. */
    private static Set<String> unused(Topics topics, ServiceSettings settings) {
        Set<String> unused = new HashSet<>();
        if (settings.upscaleModel().isEmpty()) {
            unused.add(topics.upscaled());
        }
        if (settings.generateModel().isEmpty()) {
            unused.addAll(List.of(topics.generateRequests(), topics.generated()));
        }
        return unused;
    }

    /** 0 for a topic that does not exist. */
    private static int most(List<Description> descriptions, String topic) {
        return descriptions.stream()
                .filter(description -> description.topic().equals(topic))
                .filter(Description::exists)
                .map(description -> description.settings().get("max.message.bytes"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(0);
    }

    private static int picture(Configuration configuration, int topicBytes) {
        return Math.max(0, Math.min(topicBytes, ScoringService.mostRequestBytes(configuration)) - HEADERS);
    }
}
