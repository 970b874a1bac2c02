package io.afterimage.retrain;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;

/**
 * What a window holds of one stream: the most recent images, and a uniform sample of those that are no longer recent. An image
 * is in one of them at most.
 */
final class WindowedStream {
    private final String name;
    private final int halfImages;
    private final long halfBytes;
    private final Deque<Drawn> recent = new ArrayDeque<>();
    private final TreeSet<Drawn> sample = new TreeSet<>(Comparator.comparingLong(Drawn::number)
            .thenComparingInt(drawn -> drawn.image().partition())
            .thenComparingLong(drawn -> drawn.image().offset()));
    private long recentBytes;
    private long sampleBytes;

    /** The smallest number that was ever too large to stay: nothing from there on may enter, or the sample were not uniform. */
    private long bar = Long.MAX_VALUE;

    private record Drawn(WindowImage image, long number) {}

    WindowedStream(String name, WindowLimits limits) {
        this.name = name;
        this.halfImages = limits.imagesPerStream() / 2;
        this.halfBytes = limits.bytesPerStream() / 2;
    }

    String name() {
        return name;
    }

    int images() {
        return recent.size() + sample.size();
    }

    long bytes() {
        return recentBytes + sampleBytes;
    }

    /** Its share of what all streams together may hold, images and bytes added; comparable between streams. */
    double load(int mostImages, long mostBytes) {
        return (double) images() / mostImages + (double) bytes() / mostBytes;
    }

    void add(WindowImage image, long number) {
        recent.addLast(new Drawn(image, number));
        recentBytes += image.bytes();
        while (recent.size() > halfImages || recentBytes > halfBytes) {
            age();
        }
    }

    /** Gives up one image, from the larger half. Must hold one. */
    void shrink() {
        int before = images();
        while (images() == before) {
            if (recent.size() > sample.size()) {
                age();
            } else {
                dropLargest();
            }
        }
    }

    void addTo(List<WindowImage> images) {
        recent.forEach(drawn -> images.add(drawn.image()));
        sample.forEach(drawn -> images.add(drawn.image()));
    }

    private void age() {
        Drawn oldest = recent.removeFirst();
        recentBytes -= oldest.image().bytes();
        if (oldest.number() >= bar) {
            return;
        }
        sample.add(oldest);
        sampleBytes += oldest.image().bytes();
        while (sample.size() > halfImages || sampleBytes > halfBytes) {
            dropLargest();
        }
    }

    private void dropLargest() {
        Drawn largest = sample.pollLast();
        sampleBytes -= largest.image().bytes();
        bar = largest.number();
    }
}
