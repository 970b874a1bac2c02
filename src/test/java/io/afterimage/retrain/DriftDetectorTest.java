package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afterimage.retrain.DriftDetector.Parameters;
import io.afterimage.score.Calibration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;

/** Scores of an unchanged stream are uniform here: both tests look at ranks alone, so any other distribution would do as well. */
class DriftDetectorTest {
    private static final double ALPHA = 0.01;
    private static final int[] SAMPLE_SIZES = {300, 2_400, 5_000};
    private static final int STREAMS = 201;
    private static final int IMAGES = 100_000;

    /** The chance that a correct detector fails a comparison with a stated rate. */
    private static final double BAD_LUCK = 1e-4;

    /** The sample taken for the distribution itself, by a detector that believes it to be a hundred times as large. */
    private static double[] takenForTheDistribution(double[] sample) {
        double[] repeated = new double[100 * sample.length];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = sample[i % sample.length];
        }
        return repeated;
    }

    @Test
    void unchangedStreamsAreNotCalledDriftMoreOftenThanStated() {
        int accused = accused(Parameters.DEFAULT, UnaryOperator.identity(), STREAMS, IMAGES);

        assertThat(accused).isLessThanOrEqualTo(mostAccused(STREAMS, IMAGES, 1));
    }

    /** One block of each of many samples: here false triggers are independent, and a rate can be compared sharply. */
    @Test
    void theStatedRateHoldsOverManySamplesAndIsNotWasted() {
        int streams = 3_000;
        double perMillion = 50;
        Parameters often = new Parameters(1_000, perMillion, 0);

        int accused = accused(often, UnaryOperator.identity(), streams, 1_000);

        assertThat(accused)
                .isLessThanOrEqualTo(mostAccused(streams, 1_000, perMillion))
                .isGreaterThan(streams / 40);
    }

    @Test
    void aDetectorWithALevelForEachBlockIsCaught() {
        Parameters onePercentOfBlocks = new Parameters(1_000, 10, 0.05);

        int accused = accused(onePercentOfBlocks, UnaryOperator.identity(), STREAMS, IMAGES);

        assertThat(accused).isGreaterThan(mostAccused(STREAMS, IMAGES, 1));
    }

    @Test
    void aDetectorThatTakesTheSampleForTheDistributionIsCaught() {
        int streams = 60;
        int accused = accused(Parameters.DEFAULT, DriftDetectorTest::takenForTheDistribution, streams, 20_000);

        assertThat(accused).isGreaterThan(mostAccused(streams, 20_000, 1));
    }

    /** By Markov's inequality the stated rate bounds the share of streams with any false trigger at all. */
    private static int mostAccused(int streams, int images, double perMillion) {
        return BinomialDistribution.of(streams, perMillion * images / 1e6).inverseSurvivalProbability(BAD_LUCK);
    }

    private static int accused(Parameters parameters, UnaryOperator<double[]> believed, int streams, int images) {
        SplittableRandom random = new SplittableRandom(42);
        int accused = 0;
        for (int stream = 0; stream < streams; stream++) {
            double[] sample =
                    random.doubles(SAMPLE_SIZES[stream % SAMPLE_SIZES.length]).toArray();
            DriftDetector detector = new DriftDetector(new Calibration(believed.apply(sample)), ALPHA, parameters);
            boolean drift = false;
            for (int i = 0; i < images && !drift; i++) {
                drift = detector.accept(random.nextDouble()).isPresent();
            }
            accused += drift ? 1 : 0;
        }
        return accused;
    }

    @Test
    void moreAlarmsThanPromisedAreDrift() {
        DriftDetector detector = new DriftDetector(sample(2_400), ALPHA, Parameters.DEFAULT);

        Optional<Drift> drift = feed(detector, 1_000, 1, score -> score < 0.03 ? 2 + score : score);

        assertThat(drift).get().isInstanceOfSatisfying(Drift.AlarmRateOff.class, off -> {
            assertThat(off.observed()).isBetween(0.025, 0.06);
            assertThat(off.expected()).isEqualTo(24 / 2_401.0);
            assertThat(off.pValue()).isLessThan(1e-4);
            assertThat(off.images()).isEqualTo(1_000);
        });
    }

    @Test
    void fewerAlarmsThanPromisedAreDrift() {
        double alpha = 0.05;
        DriftDetector detector = new DriftDetector(sample(2_400), alpha, Parameters.DEFAULT);

        Optional<Drift> drift = feed(detector, 1_000, 1, score -> score > 0.93 ? score - 0.5 : score);

        assertThat(drift)
                .get()
                .isInstanceOfSatisfying(
                        Drift.AlarmRateOff.class,
                        off -> assertThat(off.observed()).isLessThan(0.01));
    }

    @Test
    void shiftedNormalScoresAreDriftThoughTheAlarmsAreRight() {
        DriftDetector detector = new DriftDetector(sample(2_400), ALPHA, Parameters.DEFAULT);

        Optional<Drift> drift = feed(detector, 3_000, 1, score -> score > 0.3 && score < 0.6 ? score + 0.2 : score);

        assertThat(drift).get().isInstanceOfSatisfying(Drift.ScoresShifted.class, shifted -> {
            assertThat(shifted.distance()).isBetween(0.12, 0.28);
            assertThat(shifted.pValue()).isLessThan(5e-4);
            assertThat(shifted.images()).isEqualTo(1_000);
        });
    }

    @Test
    void aShiftTooSmallToMatterIsNoDriftHoweverCertain() {
        int many = 20_000;
        DoubleUnaryOperator slight = score -> score > 0.3 && score < 0.6 ? score + 0.03 : score;

        assertThat(feed(new DriftDetector(sample(many), ALPHA, new Parameters(many, 1, 0.05)), many, 1, slight))
                .isEmpty();
        assertThat(feed(new DriftDetector(sample(many), ALPHA, new Parameters(many, 1, 0)), many, 1, slight))
                .get()
                .isInstanceOf(Drift.ScoresShifted.class);
    }

    @Test
    void aBlockOfAnomaliesAloneIsDrift() {
        DriftDetector detector = new DriftDetector(sample(300), ALPHA, Parameters.DEFAULT);

        assertThat(feed(detector, 1_000, 1, score -> score + 5)).get().isInstanceOf(Drift.AlarmRateOff.class);
    }

    @Test
    void scoresThatAreAllAlikeAreNoDriftFromASampleThatIsAllAlike() {
        double[] alike = new double[2_400];
        Arrays.fill(alike, 3);
        DriftDetector detector = new DriftDetector(new Calibration(alike), ALPHA, Parameters.DEFAULT);

        assertThat(feed(detector, 10_000, 1, score -> 3)).isEmpty();
    }

    @Test
    void driftIsReportedAgainAfterAReset() {
        DriftDetector detector = new DriftDetector(sample(300), ALPHA, Parameters.DEFAULT);
        assertThat(feed(detector, 5_000, 1, score -> score + 5))
                .get()
                .extracting(Drift::images)
                .isEqualTo(1_000L);
        assertThat(feed(detector, 5_000, 1, score -> score + 5)).isEmpty();

        detector.reset(sample(300), ALPHA);

        assertThat(feed(detector, 5_000, 1, score -> score + 5)).isPresent();
    }

    @Test
    void aResetForgetsTheModelBefore() {
        DriftDetector detector = new DriftDetector(sample(2_400), ALPHA, Parameters.DEFAULT);
        feed(detector, 999, 1, score -> score + 5);

        detector.reset(
                new Calibration(new SplittableRandom(7).doubles(2_400, 5, 6).toArray()), ALPHA);

        assertThat(detector.images()).isZero();
        assertThat(feed(detector, 5_000, 1, score -> score + 5)).isEmpty();
        assertThat(detector.images()).isEqualTo(5_000);
    }

    @Test
    void refusesWhatIsNoScore() {
        DriftDetector detector = new DriftDetector(sample(300), ALPHA, Parameters.DEFAULT);

        assertThatThrownBy(() -> detector.accept(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThat(detector.images()).isZero();
    }

    private static Calibration sample(int size) {
        return new Calibration(new SplittableRandom(7).doubles(size).toArray());
    }

    /** The drift reported, once at most. */
    private static Optional<Drift> feed(DriftDetector detector, int images, long seed, DoubleUnaryOperator change) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Drift> reported = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            detector.accept(change.applyAsDouble(random.nextDouble())).ifPresent(reported::add);
        }
        assertThat(reported).hasSizeLessThanOrEqualTo(1);
        return reported.stream().findFirst();
    }
}
