package io.afterimage.stream;

import io.afterimage.config.Configuration;
import io.afterimage.metrics.ScoringMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how many images wait: per partition the end of the topic less what the group has committed. The consumer's own
 * {@code records-lag} will not do: it stands still when the consumer does, which is just when somebody needs it, and knows only
 * the partitions of one instance. Every instance measures all partitions, so that one that is alive is enough.
 */
public final class Backlog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration WITHIN = Duration.ofSeconds(8);

    private final Admin admin;
    private final String topic;
    private final String group;
    private final Duration every;
    private final ScoringMetrics metrics;
    private final Thread thread = new Thread(this::run, "afterimage-backlog");
    private boolean known = true;

    private Backlog(Admin admin, String topic, String group, Duration every, ScoringMetrics metrics) {
        this.admin = admin;
        this.topic = topic;
        this.group = group;
        this.every = every;
        this.metrics = metrics;
        thread.setDaemon(true);
    }

    /** Measures now and then until closed. */
    public static Backlog measure(Configuration configuration, ScoringMetrics metrics) {
        return measure(configuration, metrics, EVERY);
    }

    static Backlog measure(Configuration configuration, ScoringMetrics metrics, Duration every) {
        Backlog backlog = new Backlog(
                Admin.create(configuration.kafka().forAdmin()),
                new Topics(configuration.service().topicsPrefix()).images(),
                configuration.service().applicationId(),
                every,
                metrics);
        backlog.thread.start();
        return backlog;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                tell();
                TimeUnit.MILLISECONDS.sleep(every.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() throws InterruptedException {
        try {
            metrics.lag(topic, images());
            known = true;
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            metrics.lag(topic, Map.of());
            if (known) {
                LOG.warn("How many images wait is not known", e);
            }
            known = false;
        }
    }

    private Map<Integer, Long> images() throws InterruptedException, ExecutionException, TimeoutException {
        List<TopicPartition> partitions = admin
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .values()
                .stream()
                .flatMap(description -> description.partitions().stream())
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        Map<TopicPartition, Long> begins = offsets(partitions, OffsetSpec::earliest);
        Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec::latest);
        Map<Integer, Long> waiting = new HashMap<>();
        ends.forEach((partition, end) -> {
            OffsetAndMetadata done = committed.get(partition);
            // What retention has deleted does not wait any more.
            long from = Math.max(done == null ? 0 : done.offset(), begins.getOrDefault(partition, 0L));
            waiting.put(partition.partition(), Math.max(0, end - from));
        });
        return waiting;
    }

    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, Supplier<OffsetSpec> which)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, ListOffsetsResultInfo> listed = admin.listOffsets(
                        partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> which.get())),
                        new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        return listed.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    @Override
    public void close() {
        thread.interrupt();
        admin.close(WITHIN);
    }
}
