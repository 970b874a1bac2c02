package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.afterimage.image.InputShape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InterpolationTest {

    @Test
    void nothingAppearsInAFlatPicture() {
        float[] flat = new float[2 * 3 * 5 * 4];
        Arrays.fill(flat, 0.3f);

        assertThat(Interpolation.bicubic(flat, 2, 3, 5, 4))
                .hasSize(4 * flat.length)
                .satisfies(large -> {
                    for (float value : large) {
                        assertThat(value).isCloseTo(0.3f, within(1e-5f));
                    }
                });
    }

    /** Bicubic interpolation reproduces a slope away from the border: new pixels lie at quarters between the old ones. */
    @Test
    void aSlopeStaysASlope() {
        int side = 8;
        float[] slope = new float[side * side];
        for (int i = 0; i < slope.length; i++) {
            slope[i] = (i % side) / 10f;
        }

        float[] large = Interpolation.bicubic(slope, 1, 1, side, side);

        for (int y = 0; y < 2 * side; y++) {
            for (int x = 4; x < 2 * side - 4; x++) {
                assertThat(large[y * 2 * side + x]).isCloseTo((x - 0.5f) / 20, within(1e-5f));
            }
        }
    }

    @Test
    void staysInRangeAtHardEdges() {
        float[] edge = {0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1};

        float[] large = Interpolation.bicubic(edge, 1, 1, 4, 4);

        assertThat(large).contains(0f).contains(1f);
        for (float value : large) {
            assertThat(value).isBetween(0f, 1f);
        }
    }

    /** Whatever an upscaling network adds: averaged down again, the picture is the one that was given. */
    @Test
    void aLearnedEnlargementKeepsWhatItWasGiven() throws ModelRejectedException {
        InputShape shape = new InputShape(3, 16, 16);
        float[] small = new float[shape.channels() * 7 * 9];
        for (int i = 0; i < small.length; i++) {
            small[i] = 0.5f + 0.05f * (float) Math.sin(i);
        }
        try (PictureModel model = PictureModel.load(Architectures.untrained(new UpscalingArchitecture(shape, 6)));
                NDManager manager = NDManager.newBaseManager()) {
            float[] large = model.apply(small, 1, 7, 9);
            NDArray again = PictureModel.halved(manager.create(large, new Shape(1, 3, 14, 18)));

            int exact = 0;
            for (int i = 0; i < small.length; i++) {
                if (unlimited(large, i)) {
                    exact++;
                    assertThat(again.toFloatArray()[i]).isCloseTo(small[i], within(1e-5f));
                }
            }
            assertThat(exact).isGreaterThan(small.length / 4);
            assertThat(large).isNotEqualTo(Interpolation.bicubic(small, 1, 3, 7, 9));
        }
    }

    /** Whether none of the four pixels made of one of 7 × 9 was limited to [0, 1]. */
    private static boolean unlimited(float[] large, int small) {
        int corner = small / 9 * 2 * 18 + small % 9 * 2;
        for (int at : new int[] {corner, corner + 1, corner + 18, corner + 19}) {
            if (large[at] <= 0 || large[at] >= 1) {
                return false;
            }
        }
        return true;
    }
}
