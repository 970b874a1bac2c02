package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.score.Calibration;
import io.afterimage.score.Verdict;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who asks for a false-alarm rate gets it: on digits the model has never seen, the alarms are as many as alpha says, within the
 * binomial 99 % interval. The same check fails for a calibration that is wrong.
 */
class CalibratedTest {

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.05})
    void theFalseAlarmRateIsTheOneAskedFor(double alpha) {
        assertThat(isAsAskedFor(manifestSample(), alpha, alpha)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.05})
    void aCalibrationOnTrainingImagesIsFoundOut(double alpha) {
        TrainingImages split = split();
        double[] seen = ShippedModel.scores(
                split.training().subList(0, split.calibration().size()));

        assertThat(isAsAskedFor(seen, alpha, alpha)).isFalse();
    }

    @Test
    void verdictsAtAnotherRateAreFoundOut() {
        assertThat(isAsAskedFor(manifestSample(), 0.05, 0.01)).isFalse();
        assertThat(isAsAskedFor(manifestSample(), 0.01, 0.05)).isFalse();
        assertThat(isAsAskedFor(manifestSample(), 0.02, 0.01)).isFalse();
    }

    @Test
    void theCalibrationSampleIsTheHeldOutPartOfTheNamedImages() {
        double[] scores = ShippedModel.scores(split().calibration());
        Arrays.sort(scores);

        assertThat(scores).hasSameSizeAs(manifestSample());
        assertThat(IntStream.range(0, scores.length)
                        .mapToDouble(i -> Math.abs(scores[i] - manifestSample()[i]))
                        .max()
                        .orElseThrow())
                .isCloseTo(0, within(1e-3));
    }

    private static boolean isAsAskedFor(double[] sample, double used, double asked) {
        double[] scores = ShippedModel.DIGIT_SCORES.get();
        Calibration calibration = new Calibration(sample);
        long alarms = Arrays.stream(scores)
                .mapToObj(score -> Calibration.verdict(calibration.pValue(score), used))
                .filter(Verdict.ANOMALOUS::equals)
                .count();
        BinomialDistribution expected = BinomialDistribution.of(scores.length, asked);
        return alarms >= expected.inverseCumulativeProbability(0.005)
                && alarms <= expected.inverseCumulativeProbability(0.995);
    }

    private static double[] manifestSample() {
        return ShippedModel.manifest().calibration().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** The split that training made: it depends on the images and the seed alone. */
    private static TrainingImages split() {
        return TrainingImages.split(
                ShippedModel.shape(),
                ShippedModel.images(ShippedModel.manifest().training().images()),
                ShippedModel.manifest().training().seed());
    }
}
