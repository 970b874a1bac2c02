package io.afterimage.demo;

import io.afterimage.wire.ScoreEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Holds what was sent against what came back. Any thread may call it.
 *
 * <p>Only images without an answer are remembered, so a demo may run for days.
 */
public final class DemoTally {
    static final int ROWS = 12;
    private static final long RATE_WINDOW = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanoTime;
    private final Map<String, GroundTruth> pending = new HashMap<>();
    private final Map<GroundTruth, long[]> kinds = new EnumMap<>(GroundTruth.class);
    private final Deque<Row> rows = new ArrayDeque<>();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long published;
    private long scored;
    private long anomalous;
    private long deadLetters;
    private long firstPublished;
    private long lastAnswer;

    /** @param nanoTime as {@link System#nanoTime()} */
    public DemoTally(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Sample(long nanos, long scored) {}

    /** A verdict and what the image really was. */
    public record Row(ScoreEvent event, GroundTruth truth) {}

    /**
     * The state of the demo at one moment.
     *
     * @param imagesPerSecond verdicts over the last few seconds
     * @param seconds since the first image was sent
     * @param rows the last verdicts, the newest last
     */
    public record Snapshot(
            long published,
            long scored,
            long anomalous,
            long deadLetters,
            double imagesPerSecond,
            double seconds,
            List<Row> rows) {}

    /** An image is about to be sent. */
    public synchronized void published(String id, GroundTruth truth) {
        if (published++ == 0) {
            firstPublished = nanoTime.getAsLong();
            lastAnswer = firstPublished;
        }
        pending.put(id, truth);
    }

    /** A verdict came. Verdicts on images of others are ignored. */
    public synchronized void scored(ScoreEvent event) {
        GroundTruth truth = pending.remove(event.id());
        if (truth == null) {
            return;
        }
        boolean isAnomalous = event.verdict().equals("anomalous");
        scored++;
        anomalous += isAnomalous ? 1 : 0;
        long[] counts = kinds.computeIfAbsent(truth, kind -> new long[2]);
        counts[0] += isAnomalous ? 1 : 0;
        counts[1]++;
        rows.addLast(new Row(event, truth));
        if (rows.size() > ROWS) {
            rows.removeFirst();
        }
        lastAnswer = nanoTime.getAsLong();
    }

    /** An image could not be scored. */
    public synchronized void deadLetter(String id) {
        if (pending.remove(id) != null) {
            deadLetters++;
            lastAnswer = nanoTime.getAsLong();
        }
    }

    /** Number of images that wait for an answer. */
    public synchronized int pending() {
        return pending.size();
    }

    /** Number of images that got one. */
    public synchronized long answered() {
        return scored + deadLetters;
    }

    public synchronized Snapshot snapshot() {
        long now = nanoTime.getAsLong();
        samples.addLast(new Sample(now, scored));
        while (samples.size() > 2 && now - samples.getFirst().nanos() > RATE_WINDOW) {
            samples.removeFirst();
        }
        Sample oldest = samples.getFirst();
        double rate = now > oldest.nanos() ? (scored - oldest.scored()) / seconds(oldest.nanos(), now) : 0;
        double elapsed = published == 0 ? 0 : seconds(firstPublished, now);
        return new Snapshot(published, scored, anomalous, deadLetters, rate, elapsed, new ArrayList<>(rows));
    }

    public synchronized DemoSummary summary() {
        var shares = new EnumMap<GroundTruth, DemoSummary.Share>(GroundTruth.class);
        kinds.forEach((kind, counts) -> shares.put(kind, new DemoSummary.Share(counts[0], counts[1])));
        double elapsed = seconds(firstPublished, lastAnswer);
        return new DemoSummary(published, scored, anomalous, deadLetters, elapsed, shares);
    }

    private static double seconds(long from, long to) {
        return (to - from) / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
