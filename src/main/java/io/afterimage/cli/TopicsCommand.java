package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.stream.TopicAdministration;
import io.afterimage.stream.TopicAdministration.Created;
import io.afterimage.stream.TopicAdministration.Description;
import io.afterimage.stream.TopicAdministration.Existing;
import io.afterimage.stream.TopicAdministration.Outcome;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Creates and describes the topics. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "(create | describe)",
        description = "Creates or describes the topics of the service. Nothing else ever creates them.",
        footer = {
            "",
            "Examples:",
            "  afterimage topics create",
            "  afterimage topics create --partitions 12 --replication-factor 3",
            "  afterimage topics describe --json"
        })
final class TopicsCommand implements Runnable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "create or describe?");
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Creates the topics that are missing and leaves the others as they are.")
    int create(
            @Mixin KafkaOptions kafka,
            @Option(
                            names = "--partitions",
                            defaultValue = "" + TopicAdministration.DEFAULT_PARTITIONS,
                            description = "Partitions of each topic, the most instances and threads that can share "
                                    + "the work. Default: ${DEFAULT-VALUE}")
                    int partitions,
            @Option(
                            names = "--replication-factor",
                            defaultValue = "" + TopicAdministration.BROKERS_CHOICE,
                            description = "Copies of each partition; -1 leaves it to the broker. "
                                    + "Default: ${DEFAULT-VALUE}")
                    short replicationFactor,
            @Option(names = "--json", description = "Print one JSON array.") boolean json) {
        if (partitions < 1) {
            throw new ParameterException(spec.commandLine(), "--partitions must be at least 1, not " + partitions);
        }
        if (replicationFactor < 1 && replicationFactor != TopicAdministration.BROKERS_CHOICE) {
            throw new ParameterException(
                    spec.commandLine(), "--replication-factor must be at least 1, or -1, not " + replicationFactor);
        }
        List<Outcome> outcomes = ask(kafka, topics -> topics.create(partitions, replicationFactor));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.writeValueAsString(
                    outcomes.stream().map(OutcomeLine::of).toList()));
            return Main.OK;
        }
        for (Outcome outcome : outcomes) {
            OutcomeLine line = OutcomeLine.of(outcome);
            out.printf("%-10s %s (%d partitions)%n", line.outcome(), line.topic(), line.partitions());
            line.differences().forEach(difference -> out.println("           but it " + difference));
        }
        return Main.OK;
    }

    @Command(
            name = "describe",
            mixinStandardHelpOptions = true,
            description = "Shows the topics as the brokers know them. Fails when one is missing.")
    int describe(
            @Mixin KafkaOptions kafka, @Option(names = "--json", description = "Print one JSON array.") boolean json) {
        List<Description> descriptions = ask(kafka, TopicAdministration::describe);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.writeValueAsString(descriptions));
        } else {
            out.printf(
                    "%-32s %10s %8s %18s %14s  %s%n",
                    "topic", "partitions", "replicas", "max.message.bytes", "retention.ms", "cleanup.policy");
            for (Description topic : descriptions) {
                if (topic.exists()) {
                    out.printf(
                            "%-32s %10d %8d %18s %14s  %s%n",
                            topic.topic(),
                            topic.partitions(),
                            topic.replicas(),
                            topic.settings().get("max.message.bytes"),
                            topic.settings().get("retention.ms"),
                            topic.settings().get("cleanup.policy"));
                } else {
                    out.printf("%-32s %10s%n", topic.topic(), "missing");
                }
            }
        }
        if (!descriptions.stream().allMatch(Description::exists)) {
            throw new CommandFailedException("Topics are missing: `afterimage topics create` makes them");
        }
        return Main.OK;
    }

    private static <T> T ask(KafkaOptions kafka, Function<TopicAdministration, T> question) {
        Configuration configuration = kafka.load();
        try (Admin admin = Admin.create(configuration.kafka().forAdmin())) {
            return question.apply(new TopicAdministration(admin, KafkaOptions.topics(configuration)));
        }
    }

    private record OutcomeLine(String topic, String outcome, int partitions, List<String> differences) {
        static OutcomeLine of(Outcome outcome) {
            if (outcome instanceof Existing existing) {
                return new OutcomeLine(existing.topic(), "exists", existing.partitions(), existing.differences());
            }
            Created created = (Created) outcome;
            return new OutcomeLine(created.topic(), "created", created.partitions(), List.of());
        }
    }
}
