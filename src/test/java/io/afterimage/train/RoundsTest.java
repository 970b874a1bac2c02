package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundsTest {
    @ParameterizedTest
    @CsvSource({"1000, 100, 10", "1001, 100, 11", "1, 100, 1", "100, 100, 1", "99, 100, 1"})
    void asManyAsItTakesToSeeEnough(int enough, int images, int rounds) {
        assertThat(Rounds.of(enough, images)).isEqualTo(rounds);
    }

    @ParameterizedTest
    @CsvSource({"1, 1000000", "60, 1000000"})
    void fewImagesAreNotSeenForEver(int images, int enough) {
        assertThat(Rounds.of(enough, images)).isLessThan(enough / images).isEqualTo(Rounds.of(2 * enough, images));
    }
}
