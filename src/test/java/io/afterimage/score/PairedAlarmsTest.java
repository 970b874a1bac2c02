package io.afterimage.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PairedAlarmsTest {
    private static final int DRAWS = 2_000;

    /** Two models on images: how likely B adds an alarm, removes one, and both raise one. */
    private record Truth(int images, double added, double removed, double both) {
        double difference() {
            return added - removed;
        }

        /** What is seen of it: the alarms of one and the other, and of both. */
        Seen draw(SplittableRandom random) {
            int drawnAdded = 0;
            int drawnRemoved = 0;
            int drawnBoth = 0;
            for (int i = 0; i < images; i++) {
                double u = random.nextDouble();
                if (u < added) {
                    drawnAdded++;
                } else if (u < added + removed) {
                    drawnRemoved++;
                } else if (u < added + removed + both) {
                    drawnBoth++;
                }
            }
            return new Seen(new PairedAlarms(images, drawnAdded, drawnRemoved), drawnBoth);
        }
    }

    private record Seen(PairedAlarms alarms, int both) {}

    static Stream<Truth> truths() {
        return Stream.of(
                new Truth(300, 0.02, 0.005, 0.01),
                new Truth(300, 0, 0.01, 0),
                new Truth(1000, 0, 0, 0.01),
                new Truth(2000, 0.001, 0.001, 0.01),
                new Truth(50, 0.3, 0.6, 0),
                new Truth(1, 0.5, 0.5, 0));
    }

    @ParameterizedTest
    @MethodSource("truths")
    void theIntervalHoldsTheTruthAsOftenAsItSays(Truth truth) {
        assertThat(coverage(truth, seen -> seen.alarms().difference())).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void anUnpairedIntervalIsFoundOut() {
        assertThat(coverage(new Truth(50, 0.3, 0.6, 0), PairedAlarmsTest::unpaired))
                .isLessThan(0.9);
    }

    @Test
    void swappedSidesAreFoundOut() {
        assertThat(coverage(
                        new Truth(300, 0.02, 0.005, 0.01),
                        seen -> new PairedAlarms(
                                        seen.alarms().images(),
                                        seen.alarms().removed(),
                                        seen.alarms().added())
                                .difference()))
                .isLessThan(0.95);
        assertThat(new PairedAlarms(1000, 30, 5).difference().lower()).isPositive();
        assertThat(new PairedAlarms(1000, 5, 30).difference().upper()).isNegative();
    }

    /** 200 and 240 alarms in 10,000: an unpaired comparison cannot tell them apart, the pairs can. */
    @Test
    void seesWhatAnUnpairedComparisonDoesNot() {
        Seen seen = new Seen(new PairedAlarms(10_000, 45, 5), 195);

        assertThat(seen.alarms().difference().value()).isCloseTo(0.004, within(1e-12));
        assertThat(seen.alarms().difference().lower()).isPositive();
        assertThat(unpaired(seen).lower()).isNegative();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "0, 6", "5, 5", "4, 5", "3, 12", "45, 5", "300, 250"})
    void theTestIsThatOfMcNemar(int added, int removed) {
        int discordant = added + removed;
        double expected = 0;
        if (discordant == 0) {
            expected = 1;
        } else {
            BinomialDistribution fair = BinomialDistribution.of(discordant, 0.5);
            for (int k = 0; k <= discordant; k++) {
                // as far from the middle as what was seen, or farther
                if (Math.abs(2 * k - discordant) >= Math.abs(added - removed)) {
                    expected += fair.probability(k);
                }
            }
        }

        assertThat(new PairedAlarms(1_000_000, added, removed).significance()).isCloseTo(expected, within(1e-9));
        assertThat(new PairedAlarms(1_000_000, removed, added).significance()).isCloseTo(expected, within(1e-9));
    }

    @Test
    void fewImagesSayLittle() {
        assertThat(new PairedAlarms(0, 0, 0).difference()).isEqualTo(new Estimate(0, -1, 1));
        Estimate hundred = new PairedAlarms(100, 0, 0).difference();
        Estimate tenThousand = new PairedAlarms(10_000, 0, 0).difference();
        assertThat(hundred.value()).isZero();
        assertThat(hundred.upper()).isBetween(0.03, 0.06);
        assertThat(hundred.lower()).isEqualTo(-hundred.upper());
        assertThat(tenThousand.upper()).isBetween(0.0003, 0.0006);
    }

    @Test
    void refusesMoreDisagreementThanImages() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PairedAlarms(3, 2, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new PairedAlarms(3, -1, 2));
    }

    /** How often the interval holds the true difference. */
    private static double coverage(Truth truth, Function<Seen, Estimate> interval) {
        SplittableRandom random = new SplittableRandom(7);
        int held = 0;
        for (int i = 0; i < DRAWS; i++) {
            Estimate estimate = interval.apply(truth.draw(random));
            if (estimate.lower() <= truth.difference() && truth.difference() <= estimate.upper()) {
                held++;
            }
        }
        return (double) held / DRAWS;
    }

    /** The broken twin: the difference of two rates as if each had images of its own. */
    private static Estimate unpaired(Seen seen) {
        double images = seen.alarms().images();
        double a = (seen.both() + seen.alarms().removed()) / images;
        double b = (seen.both() + seen.alarms().added()) / images;
        double reach = NormalDistribution.of(0, 1).inverseSurvivalProbability(0.025)
                * Math.sqrt((a * (1 - a) + b * (1 - b)) / images);
        return new Estimate(b - a, b - a - reach, b - a + reach);
    }
}
