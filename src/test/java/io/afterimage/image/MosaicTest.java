package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MosaicTest {

    /** Pictures that are all of one value, but for a corner: each place of the mosaic is looked at. */
    @ParameterizedTest
    @CsvSource({"1, 5, 2, 2, 3", "3, 4, 4, 4, 1", "3, 3, 2, 2, 2", "1, 1, 1, 1, 1", "1, 2, 5, 5, 1"})
    void laysPicturesOutRowByRow(int channels, int count, int columns, int wide, int high) {
        InputShape shape = new InputShape(channels, 16, 19);
        List<float[]> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] picture = new float[shape.size()];
            Arrays.fill(picture, (i + 1) / 255f);
            picture[shape.size() - 1] = 1; // the last channel of the last pixel
            pictures.add(picture);
        }

        Raster mosaic = Mosaic.of(pictures, shape, columns);

        assertThat(mosaic.width()).isEqualTo(wide * 19);
        assertThat(mosaic.height()).isEqualTo(high * 16);
        assertThat(mosaic.channels()).isEqualTo(channels);
        for (int y = 0; y < mosaic.height(); y++) {
            for (int x = 0; x < mosaic.width(); x++) {
                int index = y / 16 * columns + x / 19;
                boolean corner = y % 16 == 15 && x % 19 == 18;
                for (int channel = 0; channel < channels; channel++) {
                    int expected = index >= count ? 0 : corner && channel == channels - 1 ? 255 : index + 1;
                    assertThat(mosaic.samples()[(y * mosaic.width() + x) * channels + channel] & 0xFF)
                            .isEqualTo(expected);
                }
            }
        }
    }
}
