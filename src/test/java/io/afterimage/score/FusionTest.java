package io.afterimage.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FusionTest {

    @Test
    void addsStandardDeviations() {
        Fusion fusion = new Fusion(List.of(1.0, -2.0), List.of(0.5, 2.0));

        assertThat(fusion.fuse(new double[] {2, 0})).isEqualTo(2 + 1);
    }

    @Test
    void isFittedToHeldOutImages() {
        Fusion fusion = Fusion.fit(List.of(new double[] {1, 5}, new double[] {3, 5}, new double[] {5, 5}));

        assertThat(fusion.means()).containsExactly(3.0, 5.0);
        assertThat(fusion.deviations().get(0)).isCloseTo(2, within(1e-12));
        assertThat(fusion.deviations().get(1))
                .as("a constant part must not divide by zero")
                .isPositive();
    }

    @Test
    void aPerfectReconstructionHasAFiniteLogarithm() {
        assertThat(Fusion.log(0)).isFinite();
    }

    @Test
    void refusesNumbersThatCannotBeRight() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Fusion(List.of(1.0), List.of(0.0)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Fusion(List.of(Double.NaN), List.of(1.0)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Fusion(List.of(1.0), List.of(1.0, 2.0)));
    }
}
