package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.afterimage.image.InputShape;
import io.afterimage.model.PictureModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalvingTest {

    /** A picture whose value tells the channel, row and column. */
    private static float[] counted(InputShape shape) {
        float[] picture = new float[shape.size()];
        for (int i = 0; i < picture.length; i++) {
            int channel = i / shape.pixels();
            int y = i % shape.pixels() / shape.width();
            int x = i % shape.width();
            picture[i] = channel * 10_000 + y * 100 + x;
        }
        return picture;
    }

    @ParameterizedTest
    @CsvSource({"1, 16, 16", "3, 17, 22", "3, 18, 23", "1, 19, 21"})
    void onlyAnOddLastRowAndColumnAreLeftOut(int channels, int height, int width) {
        InputShape shape = new InputShape(channels, height, width);
        int rows = height / 2 * 2;
        int columns = width / 2 * 2;

        float[] even = Halving.even(counted(shape), shape);

        assertThat(even).isEqualTo(counted(new InputShape(channels, rows, columns)));
    }

    @Test
    void valuesAreTheMeansOfFour() {
        InputShape shape = new InputShape(3, 16, 18);

        float[] half = Halving.of(counted(shape), shape);

        assertThat(half).hasSize(3 * 8 * 9);
        for (int i = 0; i < half.length; i++) {
            int channel = i / 72;
            int y = i % 72 / 9;
            int x = i % 9;
            assertThat(half[i]).isCloseTo(channel * 10_000 + (2 * y + 0.5f) * 100 + 2 * x + 0.5f, within(0.01f));
        }
    }

    /** The tests of models and their training halve in two ways; they must be one. */
    @Test
    void halvesAsTheNetworkDoes() {
        InputShape shape = new InputShape(3, 16, 18);
        float[] picture = counted(shape);
        for (int i = 0; i < picture.length; i++) {
            picture[i] /= 40_000;
        }
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThat(PictureModel.halved(manager.create(picture, new Shape(1, 3, 16, 18)))
                            .toFloatArray())
                    .containsExactly(Halving.of(picture, shape), within(1e-6f));
        }
    }

    @Test
    void aBatchIsItsImagesInTheirOrder() {
        List<float[]> images = List.of(new float[] {1, 2}, new float[] {3, 4}, new float[] {5, 6});

        float[] batch = ImageBatch.join(images);

        assertThat(batch).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(ImageBatch.split(batch, 3)).usingRecursiveComparison().isEqualTo(images);
    }
}
