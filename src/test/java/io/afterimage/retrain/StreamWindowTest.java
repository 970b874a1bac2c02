package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;

class StreamWindowTest {
    private static final WindowLimits SMALL = new WindowLimits(100, 1 << 20, 100, 1 << 20, 3);

    @Test
    void keepsTheMostRecentImagesAndASampleOfTheOlderOnes() {
        StreamWindow window = new StreamWindow(SMALL, 1);

        feed(window, "a", 0, 0, 10_000);

        List<Long> offsets = offsets(window);
        assertThat(offsets)
                .hasSize(100)
                .isSorted()
                .containsAll(LongStream.range(9_950, 10_000).boxed().toList());
        assertThat(new HashSet<>(offsets)).hasSize(100);
        assertThat(window.counts()).isEqualTo(new WindowCounts(10_000, 100, 100 * bytes("a"), 1, 0, 0, 0));
    }

    /**
     * Each tenth of the older images holds as much of the sample as any other, also when the stream had to give way to another
     * that has gone since.
     */
    @Test
    void theSampleIsUniform() {
        int runs = 400;
        int[] alone = new int[10];
        int[] crowded = new int[10];
        for (int run = 0; run < runs; run++) {
            StreamWindow window = new StreamWindow(SMALL, run);
            feed(window, "a", 0, 0, 1_050);
            countTenths(window, 1_000, alone);

            StreamWindow shared = new StreamWindow(SMALL, run);
            feed(shared, "a", 0, 0, 500);
            feed(shared, "b", 1, 0, 500);
            feed(shared, "a", 0, 500, 510);
            feed(shared, "c", 2, 0, 1);
            feed(shared, "d", 3, 0, 1);
            assertThat(shared.counts().droppedStreams()).isEqualTo(1);
            assertThat(shared.counts().kept()).isLessThan(60);
            feed(shared, "a", 0, 510, 750);
            countTenths(shared, 700, crowded);
        }

        assertUniform(alone, 50 * runs);
        assertUniform(crowded, sum(crowded));
        assertThat(sum(crowded)).isGreaterThan(30 * runs);
    }

    private static void countTenths(StreamWindow window, int older, int[] tenths) {
        window.snapshot().stream()
                .filter(image -> image.partition() == 0 && image.offset() < older)
                .forEach(image -> tenths[(int) (10 * image.offset() / older)]++);
    }

    private static void assertUniform(int[] tenths, int drawn) {
        BinomialDistribution expected = BinomialDistribution.of(drawn, 0.1);
        int low = expected.inverseCumulativeProbability(1e-6);
        int high = expected.inverseSurvivalProbability(1e-6);
        for (int tenth : tenths) {
            assertThat(tenth).isBetween(low, high);
        }
    }

    @Test
    void dependsOnNothingButSeedAndImages() {
        StreamWindow one = new StreamWindow(SMALL, 5);
        StreamWindow again = new StreamWindow(SMALL, 5);
        StreamWindow other = new StreamWindow(SMALL, 6);
        for (StreamWindow window : List.of(one, again, other)) {
            feed(window, "a", 0, 0, 2_000);
        }

        assertThat(offsets(again)).isEqualTo(offsets(one));
        assertThat(offsets(other)).isNotEqualTo(offsets(one));
    }

    @Test
    void anImageSeenTwiceCountsOnce() {
        StreamWindow once = new StreamWindow(SMALL, 5);
        feed(once, "a", 0, 0, 2_000);
        StreamWindow twice = new StreamWindow(SMALL, 5);
        feed(twice, "a", 0, 0, 1_500);
        feed(twice, "a", 0, 1_000, 2_000);

        assertThat(offsets(twice)).isEqualTo(offsets(once));
        assertThat(twice.counts().seen()).isEqualTo(2_000);
        assertThat(twice.counts().repeated()).isEqualTo(500);
    }

    @Test
    void staysWithinAllLimitsWhateverComes() {
        WindowLimits limits = new WindowLimits(60, 40_000, 40, 20_000, 5);
        StreamWindow window = new StreamWindow(limits, 9);
        SplittableRandom random = new SplittableRandom(9);

        for (int i = 0; i < 20_000; i++) {
            String stream = "s" + random.nextInt(i < 10_000 ? 5 : 12);
            int length = random.nextInt(20) == 0 ? random.nextInt(30_000) : random.nextInt(1_500);
            window.add(new WindowImage(stream, 0, i, i, new byte[length], "image/png"));

            assertWithin(window, limits);
        }

        WindowCounts counts = window.counts();
        assertThat(counts.seen()).isEqualTo(20_000);
        assertThat(counts.tooLarge()).isPositive();
        assertThat(counts.droppedStreams()).isPositive();
        assertThat(counts.kept()).isGreaterThan(10);
    }

    private static void assertWithin(StreamWindow window, WindowLimits limits) {
        WindowCounts counts = window.counts();
        List<WindowImage> held = window.snapshot();
        assertThat(counts.kept()).isEqualTo(held.size()).isLessThanOrEqualTo(limits.images());
        assertThat(counts.bytes())
                .isEqualTo(held.stream().mapToLong(WindowImage::bytes).sum())
                .isLessThanOrEqualTo(limits.bytes());
        assertThat(counts.streams()).isLessThanOrEqualTo(limits.streams());
        for (String stream : held.stream().map(WindowImage::stream).distinct().toList()) {
            List<WindowImage> own =
                    held.stream().filter(image -> image.stream().equals(stream)).toList();
            assertThat(own).hasSizeLessThanOrEqualTo(limits.imagesPerStream());
            assertThat(own.stream().mapToLong(WindowImage::bytes).sum()).isLessThanOrEqualTo(limits.bytesPerStream());
        }
    }

    @Test
    void theStreamThatHoldsTheMostGivesWay() {
        StreamWindow window = new StreamWindow(SMALL, 3);

        feed(window, "busy", 0, 0, 5_000);
        feed(window, "rare", 1, 0, 10);

        assertThat(window.snapshot().stream().filter(image -> image.stream().equals("rare")))
                .hasSize(10);
        assertThat(window.counts().kept()).isEqualTo(100);
    }

    @Test
    void forgetsTheStreamNotSeenForLongest() {
        StreamWindow window = new StreamWindow(SMALL, 3);
        feed(window, "a", 0, 0, 1);
        feed(window, "b", 0, 1, 2);
        feed(window, "c", 0, 2, 3);
        feed(window, "a", 0, 3, 4);
        feed(window, "d", 0, 4, 5);

        assertThat(window.snapshot()).extracting(WindowImage::stream).containsExactly("a", "c", "a", "d");
        assertThat(window.counts().droppedStreams()).isEqualTo(1);
    }

    @Test
    void aLongNameCountsAsMemory() {
        StreamWindow window = new StreamWindow(SMALL, 3);

        feed(window, "x".repeat(1 << 20), 0, 0, 1);

        assertThat(window.snapshot()).isEmpty();
        assertThat(window.counts().tooLarge()).isEqualTo(1);
        assertThat(window.counts().streams()).isZero();
    }

    private static void feed(StreamWindow window, String stream, int partition, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            window.add(new WindowImage(stream, partition, offset, offset, new byte[10], null));
        }
    }

    private static long bytes(String stream) {
        return new WindowImage(stream, 0, 0, 0, new byte[10], null).bytes();
    }

    private static List<Long> offsets(StreamWindow window) {
        List<Long> offsets = new ArrayList<>();
        window.snapshot().forEach(image -> offsets.add(image.offset()));
        return offsets;
    }

    private static int sum(int[] values) {
        int sum = 0;
        for (int value : values) {
            sum += value;
        }
        return sum;
    }
}
