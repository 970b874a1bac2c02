package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.Analysis;
import io.afterimage.retrain.DriftDetector.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Drift of the shipped model's real scores: digits it has never seen, and the same digits changed. */
class DriftOnDigitsTest {
    private static final double ALPHA = 0.01;
    private static final int UNCHANGED = 500;

    private final DriftDetector detector =
            new DriftDetector(ShiftedDigits.MODEL.calibration(), ALPHA, Parameters.DEFAULT);

    @Test
    void unseenDigitsAreNoDriftInWhateverOrder() {
        List<Analysis> unseen = ShiftedDigits.analyses(ShiftedDigits.images("builtin:digits-test", 0, 2_000));
        SplittableRandom random = new SplittableRandom(3);

        for (int image = 0; image < 100_000; image++) {
            double score = unseen.get(random.nextInt(unseen.size())).score();
            assertThat(detector.accept(score)).isEmpty();
        }
    }

    static Stream<Arguments> shifts() {
        return Stream.of(
                Arguments.of("inverted", ShiftedDigits.inverted(), Drift.AlarmRateOff.class),
                Arguments.of("blurred", ShiftedDigits.blurred(1), Drift.ScoresShifted.class),
                Arguments.of("strongly blurred", ShiftedDigits.blurred(12), Drift.AlarmRateOff.class),
                Arguments.of("darkened", ShiftedDigits.darkened(), Drift.ScoresShifted.class));
    }

    /** Whenever a change begins, the block after the one it falls in is changed throughout. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("shifts")
    void changedDigitsAreDriftWithinTwoBlocks(String name, UnaryOperator<float[]> change, Class<? extends Drift> kind) {
        List<float[]> stream = Stream.concat(
                        ShiftedDigits.images("builtin:digits-test", 0, UNCHANGED).stream(),
                        ShiftedDigits.images("builtin:digits-test", UNCHANGED, 1_500).stream()
                                .map(change))
                .toList();

        List<Drift> reported = new ArrayList<>();
        for (Analysis analysis : ShiftedDigits.analyses(stream)) {
            detector.accept(analysis.score()).ifPresent(reported::add);
        }

        assertThat(reported).singleElement().isInstanceOfSatisfying(kind, drift -> {
            assertThat(drift.images()).isLessThanOrEqualTo(UNCHANGED + 2L * Parameters.DEFAULT.blockImages() - 1);
            assertThat(drift.pValue()).isLessThan(5e-4);
        });
    }
}
