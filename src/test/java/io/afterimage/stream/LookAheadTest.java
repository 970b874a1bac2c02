package io.afterimage.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.afterimage.metrics.ScoringMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LookAheadTest {
    private static final String TOPIC = "images";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ScoringMetrics metrics = new ScoringMetrics(registry, 0.01);
    private final List<Integer> batches = new CopyOnWriteArrayList<>();
    private final List<LookAhead<String>> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(LookAhead::close);
    }

    @Test
    void givesEachRecordItsOwnResultAcrossPartitions() {
        LookAhead<String> lookAhead = lookAhead(8, this::upperCase);
        List<ConsumerRecord<byte[], byte[]>> poll = records(0, 0, 10);
        poll.addAll(records(1, 500, 510));
        lookAhead.submit(poll(poll));

        // Streams may interleave partitions as it likes, but keeps the order within each.
        for (int i = 0; i < 10; i++) {
            assertThat(lookAhead.result(record(1, 500 + i))).isEqualTo("1-" + (500 + i) + "!");
            assertThat(lookAhead.result(record(0, i))).isEqualTo("0-" + i + "!");
        }
        assertThat(batches).containsExactlyInAnyOrder(6, 7, 7);
        assertThat(counter("hit")).isEqualTo(20);
        assertThat(counter("miss")).isZero();
        assertThat(lookAhead.depth()).isZero();
    }

    @Test
    void computesARecordAloneThatItNeverSaw() {
        LookAhead<String> lookAhead = lookAhead(8, this::upperCase);

        assertThat(lookAhead.result(record(0, 7))).isEqualTo("0-7!");
        assertThat(counter("miss")).isEqualTo(1);
    }

    @Test
    void recordsThatStreamsSkippedAreForgotten() {
        LookAhead<String> lookAhead = lookAhead(4, this::upperCase);
        lookAhead.submit(poll(records(0, 0, 8)));

        assertThat(lookAhead.result(record(0, 6))).isEqualTo("0-6!");
        assertThat(lookAhead.depth()).isEqualTo(1);
    }

    @Test
    void aRewindForgetsWhatWillComeAgain() {
        LookAhead<String> lookAhead = lookAhead(4, this::upperCase);
        lookAhead.submit(poll(records(0, 0, 8)));
        lookAhead.submit(poll(records(0, 2, 6)));

        assertThat(lookAhead.depth()).isEqualTo(4);
        assertThat(lookAhead.result(record(0, 2))).isEqualTo("0-2!");
        assertThat(counter("hit")).isEqualTo(1);
    }

    @Test
    void aRevokedPartitionIsForgottenAndOthersAreKept() {
        LookAhead<String> lookAhead = lookAhead(4, this::upperCase);
        List<ConsumerRecord<byte[], byte[]>> poll = records(0, 0, 4);
        poll.addAll(records(1, 0, 4));
        lookAhead.submit(poll(poll));
        lookAhead.forget(0);

        assertThat(lookAhead.depth()).isEqualTo(4);
        assertThat(lookAhead.result(record(1, 0))).isEqualTo("1-0!");
        assertThat(counter("hit")).isEqualTo(1);
        lookAhead.forgetAll();
        assertThat(lookAhead.depth()).isZero();
    }

    @Test
    void aBatchNobodyWaitsForIsNotBegun() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LookAhead<String> lookAhead = lookAhead(4, records -> {
            started.countDown();
            awaitUninterruptibly(release);
            return upperCase(records);
        });
        lookAhead.submit(poll(records(0, 0, 4)));
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        lookAhead.submit(poll(records(1, 0, 4)));
        lookAhead.forget(1);
        release.countDown();

        assertThat(lookAhead.result(record(0, 3))).isEqualTo("0-3!");
        lookAhead.submit(poll(records(2, 0, 4)));
        assertThat(lookAhead.result(record(2, 0))).isEqualTo("2-0!");
        assertThat(batches).as("of partitions 0 and 2, not 1").containsExactly(4, 4);
    }

    @Test
    void aFailedBatchCostsOnlyTheRecordThatFails() {
        LookAhead<String> lookAhead = lookAhead(4, records -> {
            if (records.stream().anyMatch(record -> record.offset() == 2)) {
                throw new IllegalStateException("poison");
            }
            return upperCase(records);
        });
        lookAhead.submit(poll(records(0, 0, 4)));

        assertThat(lookAhead.result(record(0, 0))).isEqualTo("0-0!");
        assertThat(lookAhead.result(record(0, 1))).isEqualTo("0-1!");
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> lookAhead.result(record(0, 2)));
        assertThat(lookAhead.result(record(0, 3))).isEqualTo("0-3!");
        assertThat(counter("failure")).isEqualTo(4);
    }

    @Test
    void stuckInferenceIsNoticed() {
        CountDownLatch never = new CountDownLatch(1);
        LookAhead<String> lookAhead = new LookAhead<>(
                TOPIC,
                4,
                1,
                Duration.ofMillis(50),
                records -> {
                    awaitUninterruptibly(never);
                    return upperCase(records);
                },
                metrics);
        opened.add(lookAhead);
        lookAhead.submit(poll(records(0, 0, 4)));

        assertThatExceptionOfType(InferenceStuckException.class)
                .isThrownBy(() -> lookAhead.result(record(0, 0)))
                .withMessageContaining("images-0 at offset 0");
        never.countDown();
    }

    @Test
    void largeRecordsMakeSmallBatches() {
        LookAhead<String> lookAhead = lookAhead(64, this::upperCase);
        List<ConsumerRecord<byte[], byte[]>> large = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            large.add(new ConsumerRecord<>(TOPIC, 0, i, null, new byte[(int) (LookAhead.MOST_BATCH_BYTES / 2)]));
        }
        lookAhead.submit(poll(large.stream().map(LookAheadTest::sized).toList()));
        for (int i = 0; i < 5; i++) {
            lookAhead.result(large.get(i));
        }

        assertThat(batches).containsExactly(2, 2, 1);
    }

    @Test
    void otherTopicsAreLeftAlone() {
        LookAhead<String> lookAhead = lookAhead(4, this::upperCase);
        ConsumerRecord<byte[], byte[]> other = new ConsumerRecord<>("other", 0, 0, null, new byte[1]);
        lookAhead.submit(new ConsumerRecords<>(Map.of(new TopicPartition("other", 0), List.of(other)), Map.of()));

        assertThat(lookAhead.depth()).isZero();
        assertThat(batches).isEmpty();
    }

    @Test
    void theWindowIsBounded() {
        LookAhead<String> lookAhead = lookAhead(512, this::upperCase);
        for (int i = 0; i < 2 * LookAhead.MOST_IMAGES; i += 512) {
            lookAhead.submit(poll(records(0, i, i + 512)));
        }

        assertThat(lookAhead.depth()).isEqualTo(LookAhead.MOST_IMAGES);
    }

    private LookAhead<String> lookAhead(
            int batchSize,
            java.util.function.Function<List<ConsumerRecord<byte[], byte[]>>, List<String>> computation) {
        LookAhead<String> lookAhead =
                new LookAhead<>(TOPIC, batchSize, 1, Duration.ofSeconds(30), computation, metrics);
        opened.add(lookAhead);
        return lookAhead;
    }

    private List<String> upperCase(List<ConsumerRecord<byte[], byte[]>> records) {
        batches.add(records.size());
        return records.stream()
                .map(record -> record.partition() + "-" + record.offset() + "!")
                .toList();
    }

    private double counter(String outcome) {
        return registry.get("afterimage.lookahead.results")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(int partition, int from, int to) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int offset = from; offset < to; offset++) {
            records.add(record(partition, offset));
        }
        return records;
    }

    private static ConsumerRecord<byte[], byte[]> record(int partition, long offset) {
        return new ConsumerRecord<>(
                TOPIC, partition, offset, null, (partition + "-" + offset).getBytes(StandardCharsets.UTF_8));
    }

    private static ConsumerRecord<byte[], byte[]> sized(ConsumerRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                0,
                org.apache.kafka.common.record.TimestampType.CREATE_TIME,
                0,
                record.value().length,
                null,
                record.value(),
                new org.apache.kafka.common.header.internals.RecordHeaders(),
                java.util.Optional.empty());
    }

    private static ConsumerRecords<byte[], byte[]> poll(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> byPartition = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            byPartition
                    .computeIfAbsent(
                            new TopicPartition(record.topic(), record.partition()), partition -> new ArrayList<>())
                    .add(record);
        }
        return new ConsumerRecords<>(byPartition, Map.of());
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
