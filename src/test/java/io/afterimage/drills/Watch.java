package io.afterimage.drills;

import static org.assertj.core.api.Assertions.fail;

import io.afterimage.guarantee.Feed;
import io.afterimage.stream.Topics;
import io.afterimage.wire.CloudEventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads answers with {@code read_committed} as they come and notes how long each image has waited for its own, from when it
 * was due to be published. All times are of this process, as {@link System#nanoTime()} has them.
 */
final class Watch implements AutoCloseable {
    /** An answer within this time is what a service gives that is up to date and well. */
    private static final long PROMPT = Duration.ofSeconds(1).toNanos();

    /** For so long every answer of every partition must have been prompt. */
    private static final long STEADY = Duration.ofSeconds(3).toNanos();

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final int partitionCount;
    private final Feed feed;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Answer> answers = new ArrayList<>();
    private final Thread thread = new Thread(this::read, "watch");

    private record Answer(int partition, long at, long waited) {}

    Watch(Map<String, Object> client, int partitionCount, Topics topics, Feed feed) {
        this.partitionCount = partitionCount;
        this.feed = feed;
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("isolation.level", "read_committed");
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < partitionCount; partition++) {
            partitions.add(new TopicPartition(topics.scores(), partition));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try (consumer) {
            while (true) {
                var records = consumer.poll(Duration.ofSeconds(1));
                long now = System.nanoTime();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    String id = new String(
                            record.headers().lastHeader(CloudEventHeaders.ID).value(), StandardCharsets.UTF_8);
                    add(new Answer(record.partition(), now, now - feed.due(id)));
                }
            }
        } catch (WakeupException e) {
            // closed
        }
    }

    private synchronized void add(Answer answer) {
        answers.add(answer);
    }

    private synchronized List<Answer> since(long time) {
        return answers.stream().filter(answer -> answer.at() - time > 0).toList();
    }

    /** The time from which on all were answered promptly, as it has been for a while; 0 when it is not so. */
    private long steadySince(long begin) {
        long now = System.nanoTime();
        if (now - begin < STEADY) {
            return 0;
        }
        List<Answer> recent = since(now - STEADY);
        boolean prompt = recent.stream().allMatch(answer -> answer.waited() < PROMPT);
        long flowing = recent.stream()
                .filter(answer -> now - answer.at() < PROMPT)
                .map(Answer::partition)
                .distinct()
                .count();
        if (!prompt || flowing < partitionCount) {
            return 0;
        }
        return since(begin).stream()
                .filter(answer -> answer.waited() >= PROMPT)
                .mapToLong(Answer::at)
                .max()
                .orElse(begin);
    }

    /**
     * Waits until images of every partition have been answered promptly for a while.
     *
     * @param begin what was answered before it does not count
     * @param alive asked again and again; throws when there is nothing to wait for
     * @return how long after the beginning the last image was answered that had waited
     */
    Duration awaitSteady(long begin, Runnable alive) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long since = 0;
        while (since == 0) {
            alive.run();
            if (System.nanoTime() - deadline > 0) {
                fail("no steady answers within %s; those of the last seconds by partition, and the longest waits: %s"
                        .formatted(PATIENCE, recent()));
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            since = steadySince(begin);
        }
        return Duration.ofNanos(since - begin);
    }

    private Map<Integer, String> recent() {
        return since(System.nanoTime() - STEADY).stream()
                .collect(Collectors.groupingBy(
                        Answer::partition,
                        TreeMap::new,
                        Collectors.collectingAndThen(
                                Collectors.summarizingLong(Answer::waited),
                                waits -> waits.getCount() + ", " + Duration.ofNanos(waits.getMax()))));
    }

    /** The longest that an image waited which was answered since then. */
    Duration longestWait(long begin) {
        return Duration.ofNanos(
                since(begin).stream().mapToLong(Answer::waited).max().orElse(0));
    }

    /** The longest that a partition was without an answer since then. */
    Duration longestSilence(long begin) {
        Map<Integer, Long> last = new HashMap<>();
        long longest = 0;
        for (Answer answer : since(begin)) {
            Long before = last.put(answer.partition(), answer.at());
            longest = Math.max(longest, answer.at() - (before == null ? begin : before));
        }
        return Duration.ofNanos(longest);
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
