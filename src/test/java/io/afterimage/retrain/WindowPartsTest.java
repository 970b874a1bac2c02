package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afterimage.train.TrainingImages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Windows that overlap, as those of one training and the next, and windows in which pictures repeat. */
class WindowPartsTest {
    private static final List<float[]> DIGITS = Shipped.images("builtin:digits-test", 1_200);

    @Test
    void whatOneTrainingLearnedNeverCalibratesTheNext() {
        assertThat(calibratedOnLearned(WindowPartsTest::byHash)).isZero();
    }

    /** The broken twin: parts that are drawn anew for each window. */
    @Test
    void partsDrawnAnewAreFoundOut() {
        assertThat(calibratedOnLearned(WindowPartsTest::drawnAnew)).isPositive();
    }

    @Test
    void copiesOfAnImageFallIntoOnePart() {
        assertThat(calibratedOnLearned(WindowPartsTest::byHash, repeating(), repeating()))
                .isZero();
        assertThat(calibratedOnLearned(WindowPartsTest::drawnAnew, repeating(), repeating()))
                .isPositive();
    }

    @Test
    void thePartsDependNeitherOnTheOrderNorOnWhatElseThereIs() {
        List<float[]> reversed = new ArrayList<>(DIGITS);
        Collections.reverse(reversed);

        assertThat(byHash(reversed).heldOut()).isEqualTo(byHash(DIGITS).heldOut());
        assertThat(pixels(byHash(DIGITS).heldOut()))
                .containsAll(pixels(byHash(DIGITS.subList(0, 600)).heldOut()));
    }

    @Test
    void anotherSeedGivesOtherParts() {
        assertThat(pixels(WindowParts.split(Shipped.SHAPE, DIGITS, 2).heldOut()))
                .isNotEqualTo(pixels(byHash(DIGITS).heldOut()));
    }

    @Test
    void aWindowOfCopiesIsRefused() {
        List<float[]> copies = Collections.nCopies(1_000, DIGITS.get(0));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> byHash(copies))
                .withMessageContaining("too few are different");
    }

    private static long calibratedOnLearned(Function<List<float[]>, WindowParts> split) {
        return calibratedOnLearned(split, DIGITS.subList(0, 800), DIGITS.subList(400, 1_200));
    }

    /** Images the second model is calibrated or judged on that one of the two was trained on. */
    private static long calibratedOnLearned(
            Function<List<float[]>, WindowParts> split, List<float[]> before, List<float[]> after) {
        WindowParts second = split.apply(after);
        Set<List<Float>> learned = pixels(split.apply(before).learning().training());
        learned.addAll(pixels(second.learning().training()));
        List<float[]> judging = new ArrayList<>(second.heldOut());
        judging.addAll(second.learning().calibration());
        judging.addAll(second.learning().fusion());
        return pixels(judging).stream().filter(learned::contains).count();
    }

    private static List<float[]> repeating() {
        List<float[]> images = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            DIGITS.subList(0, 200).forEach(image -> images.add(image.clone()));
        }
        return images;
    }

    private static Set<List<Float>> pixels(List<float[]> images) {
        Set<List<Float>> pixels = new HashSet<>();
        for (float[] image : images) {
            List<Float> values = new ArrayList<>(image.length);
            for (float value : image) {
                values.add(value);
            }
            pixels.add(values);
        }
        return pixels;
    }

    private static WindowParts byHash(List<float[]> window) {
        return WindowParts.split(Shipped.SHAPE, window, 1);
    }

    private static WindowParts drawnAnew(List<float[]> window) {
        List<float[]> shuffled = new ArrayList<>(window);
        Collections.shuffle(shuffled, new Random(Arrays.hashCode(window.get(0))));
        int fifth = shuffled.size() / 5;
        return new WindowParts(
                TrainingImages.split(Shipped.SHAPE, shuffled.subList(fifth, shuffled.size()), 1),
                shuffled.subList(0, fifth));
    }
}
