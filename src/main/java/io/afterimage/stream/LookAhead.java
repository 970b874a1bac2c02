package io.afterimage.stream;

import io.afterimage.metrics.ScoringMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches inference for a processor that sees one record at a time.
 *
 * <p>Kafka Streams gives a processor one record, waits until it returns, and commits whenever it likes: whatever a processor
 * keeps back to make a batch is lost in a crash, because its offset may have been committed. So nothing is kept back. Instead,
 * {@link LookAheadInterceptor} shows each poll to the look-ahead before Streams queues it, unchanged. The records of a poll are
 * cut into batches, across partitions, and computed on inference threads. When a record's turn comes, the processor takes its
 * result by topic, partition and offset, waiting if it is not ready. A record without a result (after a restart of the window,
 * or when its batch failed) is computed alone. The look-ahead holds no input that Kafka would not deliver again, so a crash
 * forgets nothing but work.
 *
 * <p>The consumer's poll, the processor and both of their closings run on the same stream thread: each stream thread has a
 * {@link LookAheadWindow} of its own, confined to it, without locks. Only the computation of a batch crosses threads.
 *
 * @param <R> the result for one record
 */
final class LookAhead<R> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LookAhead.class);

    /** More images than this are not looked at ahead; a window outgrows one poll when processing falls behind polling. */
    static final int MOST_IMAGES = 16_384;

    /** Encoded bytes that may wait for an inference thread. */
    static final long MOST_WAITING_BYTES = 256L << 20;

    /** Encoded bytes in one batch: a batch of large pictures is cut before it has its full number. */
    static final long MOST_BATCH_BYTES = 16L << 20;

    private final String topic;
    private final int batchSize;
    private final Duration timeout;
    private final Function<List<ConsumerRecord<byte[], byte[]>>, List<R>> computation;
    private final ScoringMetrics metrics;
    private final ExecutorService inference;
    private final IntSupplier depth = this::depth;
    private final ThreadLocal<LookAheadWindow<R>> ownWindow = ThreadLocal.withInitial(LookAheadWindow::new);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Set<LookAheadWindow<R>> windows = ConcurrentHashMap.newKeySet();

    /**
     * @param topic whose records are computed ahead; others on the same consumer are ignored
     * @param batchSize most records in a batch, at least 1
     * @param threads inference threads
     * @param timeout how long the processor waits for one result before inference counts as stuck
     * @param computation one result per record, in order; called on inference threads, and on a stream thread for a record alone
     */
    LookAhead(
            String topic,
            int batchSize,
            int threads,
            Duration timeout,
            Function<List<ConsumerRecord<byte[], byte[]>>, List<R>> computation,
            ScoringMetrics metrics) {
        this.topic = topic;
        this.batchSize = batchSize;
        this.timeout = timeout;
        this.computation = computation;
        this.metrics = metrics;
        AtomicInteger count = new AtomicInteger();
        this.inference = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "afterimage-inference-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        metrics.bindLookAheadDepth(depth);
    }

    /** Starts computing the records of a poll. Called by the interceptor on a stream thread; never changes the records. */
    void submit(ConsumerRecords<byte[], byte[]> poll) {
        LookAheadWindow<R> window = ownWindow.get();
        windows.add(window);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (TopicPartition partition : poll.partitions()) {
            if (partition.topic().equals(topic)) {
                List<ConsumerRecord<byte[], byte[]>> own = poll.records(partition);
                window.forgetIfRewound(partition, own.get(0).offset());
                records.addAll(own);
            }
        }
        int batches = (records.size() + batchSize - 1) / batchSize;
        for (int i = 0; i < batches; i++) {
            // Batches of even size: a small last one would cost as much per call as a full one.
            int from = (int) ((long) records.size() * i / batches);
            int to = (int) ((long) records.size() * (i + 1) / batches);
            submitWithinBytes(window, records.subList(from, to));
        }
    }

    private void submitWithinBytes(LookAheadWindow<R> window, List<ConsumerRecord<byte[], byte[]>> records) {
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < records.size(); i++) {
            long size = Math.max(0, records.get(i).serializedValueSize());
            if (i > from && bytes + size > MOST_BATCH_BYTES) {
                submitBatch(window, records.subList(from, i), bytes);
                from = i;
                bytes = 0;
            }
            bytes += size;
        }
        submitBatch(window, records.subList(from, records.size()), bytes);
    }

    private void submitBatch(LookAheadWindow<R> window, List<ConsumerRecord<byte[], byte[]>> records, long bytes) {
        if (window.size() + records.size() > MOST_IMAGES || waitingBytes.get() + bytes > MOST_WAITING_BYTES) {
            return; // they are computed one by one when their turn comes
        }
        LookAheadWindow.Batch<R> batch = new LookAheadWindow.Batch<>(records.size(), bytes);
        waitingBytes.addAndGet(bytes);
        inference.execute(() -> compute(batch, records));
        for (int i = 0; i < records.size(); i++) {
            ConsumerRecord<byte[], byte[]> record = records.get(i);
            window.add(
                    new TopicPartition(record.topic(), record.partition()),
                    new LookAheadWindow.Handle<>(record.offset(), batch, i));
        }
    }

    private void compute(LookAheadWindow.Batch<R> batch, List<ConsumerRecord<byte[], byte[]>> records) {
        waitingBytes.addAndGet(-batch.bytes);
        if (batch.results.isDone()) {
            return;
        }
        try {
            batch.results.complete(computation.apply(records));
        } catch (Throwable t) {
            // The processor finds the failure and computes each record alone; an Error is logged there too.
            batch.results.completeExceptionally(t);
        }
    }

    /**
     * The result for a record whose turn has come.
     *
     * @throws InferenceStuckException when it does not come in time
     */
    R result(ConsumerRecord<byte[], byte[]> record) {
        Optional<LookAheadWindow.Handle<R>> handle =
                ownWindow.get().take(new TopicPartition(record.topic(), record.partition()), record.offset());
        if (handle.isEmpty()) {
            metrics.lookAheadMiss();
            return alone(record);
        }
        LookAheadWindow.Batch<R> batch = handle.get().batch();
        try {
            R result = batch.results
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .get(handle.get().index());
            metrics.lookAheadHit();
            return result;
        } catch (ExecutionException | CancellationException e) {
            LOG.warn("A batch failed; its images are computed one by one", e);
            metrics.lookAheadFailure();
            return alone(record);
        } catch (TimeoutException e) {
            throw new InferenceStuckException(
                    "inference gave no result for %s-%d at offset %d within %s"
                            .formatted(record.topic(), record.partition(), record.offset(), timeout),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InferenceStuckException("interrupted while waiting for inference", e);
        } finally {
            batch.answered();
        }
    }

    /** The result for a record, computed now on the calling thread. */
    R alone(ConsumerRecord<byte[], byte[]> record) {
        return computation.apply(List.of(record)).get(0);
    }

    /** Forgets a partition of the calling stream thread: its task is closed or moves away. */
    void forget(int partition) {
        ownWindow.get().forget(candidate -> candidate.partition() == partition);
    }

    /** Forgets all of the calling stream thread: its consumer is closed. */
    void forgetAll() {
        LookAheadWindow<R> window = ownWindow.get();
        window.forget(candidate -> true);
        windows.remove(window);
        ownWindow.remove();
    }

    /** Images looked at and not yet processed, over all stream threads. */
    int depth() {
        return windows.stream().mapToInt(LookAheadWindow::size).sum();
    }

    /** Stops the inference threads. Streams must be closed before. */
    @Override
    public void close() {
        inference.shutdownNow();
        metrics.unbindLookAheadDepth(depth);
    }
}
