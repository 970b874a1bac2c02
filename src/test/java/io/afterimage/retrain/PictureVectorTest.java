package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.InputShape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PictureVectorTest {
    private static final InputShape COLOUR = new InputShape(3, 50, 100);

    private final SplittableRandom random = new SplittableRandom(6);

    @Test
    void aLargePictureBecomesAShortVectorOfLengthOne() {
        float[] vector = PictureVector.of(picture(COLOUR), COLOUR);

        assertThat(vector).hasSize(3 * 32 * 32);
        double mean = 0;
        double squares = 0;
        for (float value : vector) {
            mean += value / vector.length;
            squares += value * value;
        }
        assertThat(mean).isCloseTo(0, within(1e-6));
        assertThat(squares).isCloseTo(1, within(1e-5));
    }

    @Test
    void averagesOverAreas() {
        InputShape large = new InputShape(1, 64, 64);
        InputShape small = new InputShape(1, 32, 32);
        float[] coarse = picture(small);
        float[] fine = new float[large.size()];
        for (int i = 0; i < fine.length; i++) {
            int deviation = i % 2 == 0 ? 1 : -1;
            fine[i] = coarse[i / 128 * 32 + i % 64 / 2] + 0.1f * deviation;
        }

        assertThat(PictureVector.of(fine, large)).containsExactly(PictureVector.of(coarse, small), within(1e-4f));
    }

    @Test
    void brightnessContrastAndInversionOfAllChangeNoDistance() {
        List<float[]> pictures = List.of(picture(COLOUR), picture(COLOUR), picture(COLOUR));
        List<float[]> plain =
                pictures.stream().map(p -> PictureVector.of(p, COLOUR)).toList();
        List<float[]> changed = pictures.stream()
                .map(ShiftedDigits.shade(0.8f, -0.6f))
                .map(p -> PictureVector.of(p, COLOUR))
                .toList();

        Coherence coherence = Coherence.of(changed, plain);

        assertThat(coherence.spread()).isCloseTo(1, within(1e-4));
        assertThat(coherence.toNormal()).isGreaterThan(coherence.own());
    }

    @Test
    void aPictureOfOneShadeHasNoDirection() {
        float[] grey = new float[COLOUR.size()];
        Arrays.fill(grey, 0.3f);

        assertThat(PictureVector.of(grey, COLOUR)).containsOnly(0f);
    }

    @Test
    void refusesAPictureOfAnotherShape() {
        assertThatThrownBy(() -> PictureVector.of(new float[784], COLOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3x50x100");
    }

    private float[] picture(InputShape shape) {
        float[] picture = new float[shape.size()];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = random.nextFloat();
        }
        return picture;
    }
}
