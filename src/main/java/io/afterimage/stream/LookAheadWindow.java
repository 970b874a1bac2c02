package io.afterimage.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of one stream thread's consumer that were looked at and not yet processed, by partition in order of offset.
 * Confined to that thread, but for {@link #size()}.
 *
 * @param <R> the result for one record
 */
final class LookAheadWindow<R> {
    /** Some records that are computed together. */
    static final class Batch<R> {
        final CompletableFuture<List<R>> results = new CompletableFuture<>();
        final long bytes;
        /** How many records may still ask for their result; touched by the window's thread only. */
        private int wanted;

        Batch(int records, long bytes) {
            this.wanted = records;
            this.bytes = bytes;
        }

        /** A record got its result. */
        void answered() {
            wanted--;
        }

        /** A record will not ask any more. */
        void release() {
            if (--wanted == 0) {
                results.cancel(false); // nobody waits: an inference thread need not begin
            }
        }
    }

    /** Where the result of one record will be. */
    record Handle<R>(long offset, Batch<R> batch, int index) {}

    private final Map<TopicPartition, Deque<Handle<R>>> partitions = new HashMap<>();
    /** Changed by the owning thread, read by the metrics. */
    private final AtomicInteger size = new AtomicInteger();

    void add(TopicPartition partition, Handle<R> handle) {
        partitions.computeIfAbsent(partition, p -> new ArrayDeque<>()).add(handle);
        size.incrementAndGet();
    }

    /** Forgets a partition that delivers again what it had delivered: a seek, or a transaction that was aborted. */
    void forgetIfRewound(TopicPartition partition, long firstOffset) {
        Deque<Handle<R>> handles = partitions.get(partition);
        if (handles != null
                && !handles.isEmpty()
                && firstOffset <= handles.getLast().offset()) {
            forget(partition::equals);
        }
    }

    void forget(Predicate<TopicPartition> which) {
        Iterator<Map.Entry<TopicPartition, Deque<Handle<R>>>> entries =
                partitions.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<TopicPartition, Deque<Handle<R>>> entry = entries.next();
            if (which.test(entry.getKey())) {
                entry.getValue().forEach(handle -> handle.batch().release());
                size.addAndGet(-entry.getValue().size());
                entries.remove();
            }
        }
    }

    Optional<Handle<R>> take(TopicPartition partition, long offset) {
        Deque<Handle<R>> handles = partitions.get(partition);
        if (handles == null) {
            return Optional.empty();
        }
        Handle<R> head = handles.peek();
        // Records before this one were skipped by Streams and will not be asked for.
        while (head != null && head.offset() < offset) {
            drop(handles);
            head = handles.peek();
        }
        if (head == null || head.offset() != offset) {
            return Optional.empty();
        }
        handles.remove();
        size.decrementAndGet();
        return Optional.of(head);
    }

    private void drop(Deque<Handle<R>> handles) {
        handles.remove().batch().release();
        size.decrementAndGet();
    }

    /** Records that wait for their turn; any thread may ask. */
    int size() {
        return size.get();
    }
}
