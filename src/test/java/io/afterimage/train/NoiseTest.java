package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.InputShape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NoiseTest {
    private static final InputShape GREY = new InputShape(1, 100, 100);
    private static final InputShape COLOUR = new InputShape(3, 17, 22);

    private static float[] flat(InputShape shape, float value) {
        float[] picture = new float[shape.size()];
        Arrays.fill(picture, value);
        return picture;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double deviation(float[] values) {
        double mean = mean(values);
        double squares = 0;
        for (float value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / values.length);
    }

    /**
     * On black, fog is N(0.5, 0.3), and so is grain on half grey. Limited to [0, 1], which is 5/3 deviations on either side, the mean
     * stays and the deviation is 0.3 · √0.8383 = 0.2747.
     */
    @ParameterizedTest
    @CsvSource({"FOG, 0", "GRAIN, 0.5"})
    void normalNoiseHasItsMoments(Noise noise, float level) {
        float[] noisy = noise.of(flat(GREY, level), GREY, 1);

        assertThat(mean(noisy)).isCloseTo(0.5, within(0.01));
        assertThat(deviation(noisy)).isCloseTo(0.2747, within(0.008));
        assertThat(noisy).contains(0f).contains(1f);
    }

    @Test
    void saltAndPepperHitsAFifthOfThePixelsInAllTheirChannels() {
        InputShape shape = new InputShape(3, 100, 100);

        float[] noisy = Noise.SALT_AND_PEPPER.of(flat(shape, 0.5f), shape, 1);

        int black = 0;
        int white = 0;
        for (int i = 0; i < shape.pixels(); i++) {
            assertThat(noisy[shape.pixels() + i]).isEqualTo(noisy[i]);
            assertThat(noisy[2 * shape.pixels() + i]).isEqualTo(noisy[i]);
            black += noisy[i] == 0 ? 1 : 0;
            white += noisy[i] == 1 ? 1 : 0;
            assertThat(noisy[i]).isIn(0f, 0.5f, 1f);
        }
        assertThat(black).isBetween(880, 1_120);
        assertThat(white).isBetween(880, 1_120);
    }

    /** The rate is drawn from U(0, 0.75) for each picture, so on average three eighths are blank. */
    @Test
    void blocksAreBlankCells() {
        double blank = 0;
        for (int seed = 0; seed < 200; seed++) {
            float[] noisy = Noise.BLOCKS.of(flat(COLOUR, 0.5f), COLOUR, seed);
            for (int i = 0; i < noisy.length; i++) {
                int x = i % 22;
                int y = i / 22 % 17;
                assertThat(noisy[i]).isIn(0f, 0.5f).isEqualTo(noisy[y / 4 * 4 * 22 + x / 4 * 4]);
                blank += noisy[i] == 0 ? 1.0 / noisy.length / 200 : 0;
            }
        }

        assertThat(blank).isCloseTo(0.375, within(0.06));
    }

    @Test
    void anyIsEachOfTheOthersWithEqualOdds() {
        Map<Noise, Integer> counts = new HashMap<>();
        for (int seed = 0; seed < 400; seed++) {
            counts.merge(kind(Noise.ANY.of(flat(COLOUR, 0.5f), COLOUR, seed)), 1, Integer::sum);
        }

        assertThat(counts)
                .containsOnlyKeys(Noise.FOG, Noise.GRAIN, Noise.SALT_AND_PEPPER, Noise.BLOCKS)
                .allSatisfy((noise, count) -> assertThat(count).isBetween(60, 140));
    }

    /** What was done to half grey. */
    private static Noise kind(float[] noisy) {
        List<Float> levels = Stream.of(0f, 0.5f, 1f)
                .filter(level -> {
                    for (float value : noisy) {
                        if (value == level) {
                            return true;
                        }
                    }
                    return false;
                })
                .toList();
        boolean onlyThose = true;
        for (float value : noisy) {
            onlyThose &= value == 0 || value == 0.5f || value == 1;
        }
        if (onlyThose) {
            return levels.contains(1f) ? Noise.SALT_AND_PEPPER : Noise.BLOCKS;
        }
        return mean(noisy) > 0.7 ? Noise.FOG : Noise.GRAIN;
    }

    @ParameterizedTest
    @EnumSource(Noise.class)
    void theSameSeedGivesTheSameNoiseWithinTheRange(Noise noise) {
        float[] picture = flat(COLOUR, 0.5f);

        for (long seed = 0; seed < 20; seed++) {
            float[] noisy = noise.of(picture, COLOUR, seed);

            assertThat(noise.of(picture, COLOUR, seed)).isEqualTo(noisy);
            assertThat(noise.of(picture, COLOUR, seed + 100)).isNotEqualTo(noisy);
            for (float value : noisy) {
                assertThat(value).isBetween(0f, 1f);
            }
        }
        assertThat(picture).containsOnly(0.5f);
    }

    @Test
    void labelsAreThoseOfTheCommandLine() {
        assertThat(Stream.of(Noise.values()).map(Noise::label))
                .containsExactly("fog", "grain", "salt-and-pepper", "blocks", "any");
    }
}
