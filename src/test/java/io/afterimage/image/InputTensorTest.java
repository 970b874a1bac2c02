package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputTensorTest {
    @Test
    void equalSizesAreTakenAsTheyArePlaneByPlane() {
        Raster raster = Pictures.raster(20, 16, 3, 1);
        InputShape shape = new InputShape(3, 16, 20);
        float[] target = new float[shape.size() + 3];
        InputTensor.write(raster, shape, target, 2);
        for (int i = 0; i < shape.pixels(); i++) {
            for (int c = 0; c < 3; c++) {
                assertThat(target[2 + c * shape.pixels() + i]).isEqualTo((raster.samples()[3 * i + c] & 0xFF) / 255f);
            }
        }
        assertThat(target[0] + target[1] + target[target.length - 1]).isZero();
    }

    @Test
    void greyIsRepeatedAndColourBecomesLuma() {
        InputShape grey = new InputShape(1, 16, 16);
        InputShape colour = new InputShape(3, 16, 16);
        float[] repeated = tensor(Pictures.raster(16, 16, 1, 2), colour);
        assertThat(Arrays.copyOfRange(repeated, 256, 512)).isEqualTo(Arrays.copyOf(repeated, 256));
        assertThat(Arrays.copyOfRange(repeated, 512, 768)).isEqualTo(Arrays.copyOf(repeated, 256));
        byte[] samples = new byte[16 * 16 * 3];
        samples[0] = (byte) 255; // a red, a green, a blue and a white pixel
        samples[4] = (byte) 255;
        samples[8] = (byte) 255;
        Arrays.fill(samples, 9, 12, (byte) 255);
        float[] luma = tensor(new Raster(16, 16, 3, samples), grey);
        assertThat(Arrays.copyOf(luma, 5)).containsExactly(new float[] {0.299f, 0.587f, 0.114f, 1f, 0f}, within(1e-6f));
    }

    @Test
    void shrinkingAveragesAreas() {
        Raster raster = Pictures.raster(32, 48, 1, 3);
        float[] target = tensor(raster, new InputShape(1, 16, 16));
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                int sum = 0;
                for (int i = 0; i < 6; i++) {
                    sum += raster.samples()[(3 * y + i / 2) * 32 + 2 * x + i % 2] & 0xFF;
                }
                assertThat(target[y * 16 + x]).isCloseTo(sum / 6f / 255f, within(1e-6f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"37, 50, 16, 17", "1000, 700, 28, 28", "17, 29, 16, 16"})
    void shrinkingKeepsTheMean(int width, int height, int toHeight, int toWidth) {
        Raster raster = Pictures.raster(width, height, 1, 4);
        float[] target = tensor(raster, new InputShape(1, toHeight, toWidth));
        double mean =
                Arrays.stream(Pictures.unsigned(raster.samples())).average().orElseThrow() / 255;
        assertThat(mean(target)).isCloseTo(mean, within(1e-5));
    }

    @Test
    void growingIsLinearBetweenPixelCentres() {
        byte[] samples = {0, 100, (byte) 200};
        float[] target = tensor(new Raster(3, 1, 1, samples), new InputShape(1, 16, 18));
        for (int x = 0; x < 18; x++) {
            double position = Math.max(0, Math.min(2, (x + 0.5) * 3 / 18 - 0.5));
            assertThat(target[x]).isCloseTo((float) (position * 100 / 255), within(1e-6f));
            assertThat(target[15 * 18 + x]).isEqualTo(target[x]);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 900", "900, 1", "65535, 1", "28, 28", "31, 15"})
    void aFlatPictureStaysFlat(int width, int height) {
        for (int channels : new int[] {1, 3}) {
            byte[] samples = new byte[width * height * channels];
            Arrays.fill(samples, (byte) 255);
            for (int planes : new int[] {1, 3}) {
                float[] target = tensor(new Raster(width, height, channels, samples), new InputShape(planes, 28, 28));
                for (float value : target) {
                    assertThat(value).isBetween(1 - 1e-5f, 1f);
                }
            }
        }
    }

    @Test
    void aTargetThatIsTooShortIsRefused() {
        Raster raster = Pictures.raster(16, 16, 1, 5);
        assertThatThrownBy(() -> InputTensor.write(raster, new InputShape(1, 16, 16), new float[256], 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void theWayBackRoundsAndLimits() {
        for (int channels : new int[] {1, 3}) {
            Raster raster = Pictures.raster(24, 16, channels, 6);
            InputShape shape = new InputShape(channels, 16, 24);
            Raster back = InputTensor.read(tensor(raster, shape), 0, shape);
            assertThat(back.width()).isEqualTo(24);
            assertThat(back.samples()).isEqualTo(raster.samples());
        }
        float[] values = new float[1 + 256];
        values[1] = -3;
        values[2] = 7;
        values[3] = Float.NaN;
        values[4] = 0.4999f / 255;
        values[5] = 0.5001f / 255;
        byte[] samples = InputTensor.read(values, 1, new InputShape(1, 16, 16)).samples();
        assertThat(Pictures.unsigned(samples)).startsWith(0, 255, 0, 0, 1);
    }

    private static float[] tensor(Raster raster, InputShape shape) {
        float[] target = new float[shape.size()];
        Arrays.fill(target, 0.5f); // whatever was there before
        InputTensor.write(raster, shape, target, 0);
        return target;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
