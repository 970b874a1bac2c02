package io.afterimage.retrain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A bounded memory of a stream of images: of every stream the most recent ones, and a uniform sample of all that came before
 * them, half and half. The recent half follows the stream; the sampled half keeps what was normal last week from being
 * forgotten.
 *
 * <p>The sample is a reservoir (Vitter, "Random Sampling with a Reservoir", ACM TOMS 1985) in its bottom-k form (Cohen and
 * Kaplan, "Summarizing Data using Bottom-k Sketches", PODC 2007): every image draws a number from the seed, its partition and
 * its offset, and the images with the smallest numbers stay. Unlike with places drawn at random, the sample remains uniform
 * when it must shrink because another stream appears or images grow, and the same images fed again give the same window:
 * after a restart it is rebuilt by reading the topic again, and depends on nothing else.
 *
 * <p>When a limit on the whole is reached, the stream that holds the most gives way. An image costs O(log n) at most. Offsets
 * of one partition have to come in ascending order, as Kafka gives them; what is not above the last offset of its partition
 * has been seen and is not taken again. For one thread at a time.
 */
public final class StreamWindow {
    private static final Comparator<WindowImage> BY_TIME = Comparator.comparingLong(WindowImage::timestamp)
            .thenComparingInt(WindowImage::partition)
            .thenComparingLong(WindowImage::offset);

    private final WindowLimits limits;
    private final long seed;
    private final Map<String, WindowedStream> streams = new LinkedHashMap<>(16, 0.75f, true);
    private final TreeSet<WindowedStream> byLoad;
    private final Map<Integer, Long> lastOffsets = new HashMap<>();
    private long seen;
    private int kept;
    private long bytes;
    private long repeated;
    private long tooLarge;
    private long droppedStreams;

    /** An empty window whose choice of images depends on {@code seed} alone. */
    public StreamWindow(WindowLimits limits, long seed) {
        this.limits = limits;
        this.seed = seed;
        this.byLoad = new TreeSet<>(
                Comparator.comparingDouble((WindowedStream stream) -> stream.load(limits.images(), limits.bytes()))
                        .thenComparing(WindowedStream::name));
    }

    /** Takes an image in; {@link #counts} says what became of it. */
    public void add(WindowImage image) {
        Long last = lastOffsets.get(image.partition());
        if (last != null && image.offset() <= last) {
            repeated++;
            return;
        }
        lastOffsets.put(image.partition(), image.offset());
        seen++;
        if (image.bytes() > Math.min(limits.bytes(), limits.bytesPerStream()) / 2) {
            tooLarge++;
            return;
        }
        WindowedStream stream = streams.get(image.stream());
        if (stream == null) {
            stream = new WindowedStream(image.stream(), limits);
            streams.put(image.stream(), stream);
        }
        change(stream, growing -> growing.add(image, draw(image)));
        if (streams.size() > limits.streams()) {
            drop(streams.values().iterator().next());
            droppedStreams++;
        }
        while (kept > limits.images() || bytes > limits.bytes()) {
            WindowedStream largest = byLoad.last();
            change(largest, WindowedStream::shrink);
            if (largest.images() == 0) {
                drop(largest);
            }
        }
    }

    private void change(WindowedStream stream, Consumer<WindowedStream> action) {
        byLoad.remove(stream);
        kept -= stream.images();
        bytes -= stream.bytes();
        action.accept(stream);
        kept += stream.images();
        bytes += stream.bytes();
        byLoad.add(stream);
    }

    private void drop(WindowedStream stream) {
        byLoad.remove(stream);
        kept -= stream.images();
        bytes -= stream.bytes();
        streams.remove(stream.name());
    }

    private long draw(WindowImage image) {
        long ofPartition = new SplittableRandom(seed + image.partition()).nextLong();
        return new SplittableRandom(ofPartition + image.offset()).nextLong();
    }

    /** The images held, oldest first. */
    public List<WindowImage> snapshot() {
        List<WindowImage> images = new ArrayList<>(kept);
        streams.values().forEach(stream -> stream.addTo(images));
        images.sort(BY_TIME);
        return images;
    }

    public WindowCounts counts() {
        return new WindowCounts(seen, kept, bytes, streams.size(), repeated, tooLarge, droppedStreams);
    }
}
