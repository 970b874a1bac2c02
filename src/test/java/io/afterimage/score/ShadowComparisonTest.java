package io.afterimage.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.score.ShadowComparison.Opinion;
import io.afterimage.score.ShadowComparison.Pair;
import io.afterimage.score.ShadowComparison.Summary;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShadowComparisonTest {
    private static final double ALPHA = 0.01;

    private final ShadowComparison comparison = new ShadowComparison();

    @Test
    void countsBAgainstA() {
        add(0.5, 0.5);
        add(0.001, 0.002);
        add(0.01, 0.02);
        add(0.5, 0.01);
        add(0.4, 0.001);

        Summary summary = comparison.summary();

        assertThat(summary.images()).isEqualTo(5);
        assertThat(summary.alarmsOfA()).isEqualTo(2);
        assertThat(summary.alarmsOfB()).isEqualTo(3);
        assertThat(summary.alarms()).isEqualTo(new PairedAlarms(5, 2, 1));
        assertThat(summary.added()).extracting(Pair::id).containsExactly("image-4", "image-3");
        assertThat(summary.removed()).extracting(Pair::id).containsExactly("image-2");
    }

    @Test
    void theMeanDifferenceHasStudentsInterval() {
        add(0.2, 0.3);
        add(0.4, 0.6);
        add(0.6, 0.9);

        Estimate difference = comparison.summary().pValues();

        assertThat(difference.value()).isCloseTo(0.2, within(1e-12));
        assertThat(difference.upper()).isCloseTo(0.2 + 4.302653 * 0.1 / Math.sqrt(3), within(1e-6));
        assertThat(difference.lower()).isCloseTo(0.2 - 4.302653 * 0.1 / Math.sqrt(3), within(1e-6));
    }

    /** Two models that follow each other closely, B always a little lower: only pairs show it. */
    @Test
    void theIntervalIsThatOfPairs() {
        SplittableRandom random = new SplittableRandom(3);
        ShadowComparison shuffled = new ShadowComparison();
        double[] a = IntStream.range(0, 500)
                .mapToDouble(i -> random.nextDouble(0.1, 1))
                .toArray();
        for (int i = 0; i < a.length; i++) {
            add(a[i], a[i] - random.nextDouble(0.02));
            shuffled.add(pair("x", a[i], a[(i + 1) % a.length] - 0.01));
        }

        assertThat(comparison.summary().pValues().upper()).isNegative();
        // the broken twin: p-values of the same images, but not in pairs
        assertThat(shuffled.summary().pValues().upper()).isPositive();
    }

    @Test
    void oneImageOrNoneSaysNothing() {
        assertThat(comparison.summary().pValues()).isEqualTo(new Estimate(0, -1, 1));
        add(0.5, 0.25);
        assertThat(comparison.summary().pValues()).isEqualTo(new Estimate(-0.25, -1, 1));
    }

    @Test
    void keepsTheClearestExamplesOnly() {
        for (int i = 1; i <= 1000; i++) {
            comparison.add(pair("image-" + i, 0.5, ALPHA / i));
        }

        List<Pair> examples = comparison.summary().added();

        assertThat(examples)
                .extracting(Pair::id)
                .containsExactlyElementsOf(IntStream.range(0, ShadowComparison.MOST_EXAMPLES)
                        .mapToObj(i -> "image-" + (1000 - i))
                        .toList());
        assertThat(comparison.summary().removed()).isEmpty();
    }

    private void add(double a, double b) {
        comparison.add(pair("image-" + comparison.summary().images(), a, b));
    }

    private static Pair pair(String id, double a, double b) {
        return new Pair(id, "camera-1", "afterimage.images", 0, 7, opinion(a), opinion(b));
    }

    private static Opinion opinion(double pValue) {
        return new Opinion(pValue, pValue <= ALPHA);
    }
}
