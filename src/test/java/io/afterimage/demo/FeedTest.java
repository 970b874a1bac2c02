package io.afterimage.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.image.Raster;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FeedTest {
    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

    @Test
    void mixesEveryKindIntoDigitsAndNamesEachImageOnce() throws Exception {
        List<Feed.Picture> pictures = take(5000, 1);

        Map<GroundTruth, Long> kinds =
                pictures.stream().collect(Collectors.groupingBy(Feed.Picture::truth, Collectors.counting()));
        // Inverted digits come only when a story asks for them.
        assertThat(kinds.keySet()).isEqualTo(EnumSet.complementOf(EnumSet.of(GroundTruth.INVERTED)));
        long foreign = 5000 - kinds.getOrDefault(GroundTruth.DIGIT, 0L);
        assertThat(foreign / 5000.0).isCloseTo(Feed.FOREIGN_SHARE, Offset.offset(0.01));
        assertThat(pictures).extracting(Feed.Picture::id).doesNotHaveDuplicates();
        assertThat(new HashSet<>(pictures.stream().map(Feed.Picture::stream).toList()))
                .containsExactlyInAnyOrder("camera-1", "camera-2", "camera-3", "camera-4");
        for (Feed.Picture picture : pictures.subList(0, 200)) {
            Raster raster = decoder.decode(picture.encoded(), "image/png");
            assertThat(raster.width()).isEqualTo(28);
            assertThat(raster.height()).isEqualTo(28);
        }
    }

    @Test
    void givesTheSameImagesForTheSameSeed() throws Exception {
        List<Feed.Picture> first = take(300, 7);
        List<Feed.Picture> second = take(300, 7);
        List<Feed.Picture> other = take(300, 8);

        assertThat(first)
                .extracting(Feed.Picture::truth)
                .isEqualTo(truths(second))
                .isNotEqualTo(truths(other));
        for (int i = 0; i < first.size(); i++) {
            assertThat(first.get(i).encoded()).isEqualTo(second.get(i).encoded());
        }
    }

    @Test
    void damagesACopy() {
        byte[] samples = new byte[28 * 28];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (i % 28 * 9);
        }
        Raster image = new Raster(28, 28, 1, samples);
        byte[] before = samples.clone();
        Damage damage = new Damage(new SplittableRandom(3));

        for (int i = 0; i < 100; i++) {
            for (Raster damaged : List.of(damage.noisy(image), damage.torn(image), damage.occluded(image))) {
                assertThat(damaged.samples()).hasSize(28 * 28).isNotEqualTo(before);
            }
        }
        assertThat(samples).isEqualTo(before);
    }

    @Test
    void tearsBelowALineOnly() {
        byte[] samples = new byte[28 * 28 * 3];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (1 + i / 3 % 28);
        }
        Raster image = new Raster(28, 28, 3, samples);

        byte[] torn = new Damage(new SplittableRandom(5)).torn(image).samples();

        int rowBytes = 28 * 3;
        assertThat(torn).startsWith(Arrays.copyOf(samples, 9 * rowBytes));
        int last = 27 * rowBytes;
        assertThat(Arrays.copyOfRange(torn, last, last + rowBytes))
                .isNotEqualTo(Arrays.copyOf(samples, rowBytes))
                .contains((byte) 0);
    }

    private List<Feed.Picture> take(int count, long seed) throws Exception {
        List<Feed.Picture> pictures = new ArrayList<>();
        try (ImageSet digits = ImageSet.open("builtin:digits-test");
                ImageSet fashion = ImageSet.open("builtin:fashion")) {
            Feed feed = new Feed(digits, fashion, decoder, new SplittableRandom(seed));
            for (int i = 0; i < count; i++) {
                pictures.add(feed.next());
            }
        }
        return pictures;
    }

    private static List<GroundTruth> truths(List<Feed.Picture> pictures) {
        return pictures.stream().map(Feed.Picture::truth).toList();
    }
}
