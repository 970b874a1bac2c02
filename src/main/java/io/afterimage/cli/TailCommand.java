package io.afterimage.cli;

import io.afterimage.config.Configuration;
import io.afterimage.stream.Topics;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ScoreEvent;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Follows verdicts. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Shows verdicts as they are committed, until Ctrl-C or --limit.",
        footer = {
            "",
            "Examples:",
            "  afterimage tail",
            "  afterimage tail --stream camera-1 --anomalies",
            "  afterimage tail --from-beginning --limit 100 --json | jq .pValue"
        })
final class TailCommand implements Callable<Integer> {
    private static final String ROW = "%-24s  %-12s  %-28s  %9s  %8s  %-9s  %s";

    private final StopSignal stop;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(names = "--stream", paramLabel = "NAME", description = "Only verdicts on this stream.")
    private @Nullable String stream;

    @Option(names = "--anomalies", description = "Only anomalous verdicts.")
    private boolean anomalies;

    @Option(names = "--from-beginning", description = "Begin with the oldest verdict there is, not the next.")
    private boolean fromBeginning;

    @Option(names = "--limit", paramLabel = "N", description = "Stop after this many verdicts.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--json", description = "Print the events as they are, one per line.")
    private boolean json;

    TailCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit must be at least 1, not " + limit);
        }
        Configuration configuration = kafka.load();
        Topics topics = KafkaOptions.topics(configuration);
        Map<String, Object> properties =
                new LinkedHashMap<>(configuration.kafka().forConsumer());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            stop.onRequest(consumer::wakeup);
            assign(consumer, anomalies ? topics.anomalies() : topics.scores());
            follow(consumer);
        } catch (WakeupException e) {
            // Ctrl-C: the user has seen enough
        }
        return Main.OK;
    }

    private void assign(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new CommandFailedException(
                    "There is no topic %s: `afterimage topics create` makes it".formatted(topic));
        }
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (!json) {
            out.printf(ROW + "%n", "time", "stream", "image", "score", "p-value", "verdict", "model");
            out.flush();
        }
        Deserializer<ScoreEvent> scores = EventSerdes.score().deserializer();
        long shown = 0;
        while (!stop.requested()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                try {
                    ScoreEvent event = scores.deserialize(record.topic(), record.value());
                    if (event != null && (stream == null || stream.equals(event.stream()))) {
                        out.println(json ? new String(record.value(), StandardCharsets.UTF_8) : row(event));
                        if (++shown == limit) {
                            return;
                        }
                    }
                } catch (SerializationException e) {
                    err.printf(
                            "afterimage: skipped %s-%d@%d: %s%n",
                            record.topic(), record.partition(), record.offset(), e.getMessage());
                }
            }
        }
    }

    private static String row(ScoreEvent event) {
        return ROW.formatted(
                event.time(),
                event.stream(),
                event.id(),
                String.format(Locale.ROOT, "%.3f", event.score()),
                String.format(Locale.ROOT, "%.4f", event.pValue()),
                event.verdict(),
                event.model().name() + " " + event.model().version());
    }
}
