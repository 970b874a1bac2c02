package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.Raster;
import io.afterimage.train.TinyModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large pictures are enlarged in windows, and it makes no difference. */
class EnlargerTest {
    private static final int WINDOW = 32;

    private static PictureModel grey;
    private static PictureModel colour;

    @BeforeAll
    static void load() throws Exception {
        grey = PictureModel.load(TinyModels.upscaling("grey", 1));
        colour = PictureModel.load(TinyModels.upscaling("colour", new InputShape(3, 24, 24), 1));
    }

    @AfterAll
    static void unload() {
        grey.close();
        colour.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 3", "32, 32", "33, 32", "31, 100", "97, 65", "49, 48", "130, 131"})
    void windowsGiveTheWholePicture(int height, int width) {
        for (PictureModel model : List.of(grey, colour)) {
            Raster picture = noise(width, height, 3, height * 31L + width);

            float[] difference = difference(model, picture, WINDOW);

            assertThat(max(difference)).isLessThan(1e-4f);
        }
    }

    @Test
    void lessOverlapThanTheNetworkSeesWouldShow() {
        // The windows of a picture as a picture each: the network does not see beyond their sides.
        Raster picture = noise(2 * WINDOW, WINDOW, 1, 7);
        float[] whole = whole(grey, picture);
        float[] left = whole(grey, crop(picture, 0, WINDOW));
        float most = 0;
        for (int y = 0; y < 2 * WINDOW; y++) {
            for (int x = 0; x < 2 * WINDOW; x++) {
                most = Math.max(most, Math.abs(whole[y * 4 * WINDOW + x] - left[y * 2 * WINDOW + x]));
            }
        }
        assertThat(most).isGreaterThan(1e-4f);
    }

    @Test
    void aPictureDoesNotDependOnItsCompany() {
        List<Raster> pictures = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            pictures.add(noise(28, 28, 1, i));
        }
        Enlarger enlarger = new Enlarger(grey);
        List<Raster> together = enlarger.enlarge(pictures);
        for (int i = 0; i < pictures.size(); i++) {
            assertThat(together.get(i).samples())
                    .as("picture %d", i)
                    .isEqualTo(enlarger.enlarge(List.of(pictures.get(i))).get(0).samples());
        }
        for (int some : new int[] {2, 3, 17, 64}) {
            List<Raster> fewer = enlarger.enlarge(pictures.subList(0, some));
            for (int i = 0; i < some; i++) {
                assertThat(fewer.get(i).samples())
                        .as("%d of %d", i, some)
                        .isEqualTo(together.get(i).samples());
            }
        }
    }

    @Test
    void givesTheChannelsOfTheModel() {
        Raster enlarged =
                new Enlarger(colour).enlarge(List.of(noise(10, 6, 1, 3))).get(0);
        assertThat(List.of(enlarged.channels(), enlarged.height(), enlarged.width()))
                .containsExactly(3, 12, 20);
        assertThat(new Enlarger(grey)
                        .enlarge(List.of(noise(10, 6, 3, 3)))
                        .get(0)
                        .channels())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 32", "32, 32", "33, 32", "48, 32", "49, 32", "1000, 32", "4096, 256"})
    void windowsCoverAPictureAndOverlap(int length, int window) {
        int[] starts = Enlarger.starts(length, window);
        assertThat(starts[0]).isZero();
        assertThat(starts[starts.length - 1]).isEqualTo(Math.max(0, length - window));
        for (int i = 1; i < starts.length; i++) {
            assertThat(starts[i]).isGreaterThan(starts[i - 1]);
            assertThat(starts[i - 1] + window - starts[i]).isGreaterThanOrEqualTo(2 * Enlarger.OVERLAP);
        }
    }

    @Test
    void refusesAModelForAnotherTask() throws Exception {
        try (PictureModel denoising = PictureModel.load(TinyModels.denoising("noise", 1))) {
            assertThatThrownBy(() -> new Enlarger(denoising)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> PictureModel.load(TinyModels.denoising("noise", 1), Task.SUPER_RESOLVE))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("is for 'denoise'")
                .hasMessageContaining("super-resolve");
    }

    @Test
    void countsItsWork() {
        assertThat((double) new Enlarger(grey).products(1000)).isCloseTo(1000 * 9 * 8 * (1 + 24 + 4), within(1e-9));
    }

    private static float[] difference(PictureModel model, Raster picture, int window) {
        float[] difference = whole(model, picture);
        int columns = 2 * picture.width();
        int pixels = columns * 2 * picture.height();
        boolean[] told = new boolean[difference.length];
        new Enlarger(model, window).enlarge(List.of(picture), (index, plane, y, x, values, from, length) -> {
            for (int i = 0; i < length; i++) {
                int at = plane * pixels + y * columns + x + i;
                assertThat(told[at]).isFalse();
                told[at] = true;
                difference[at] -= values[from + i];
            }
        });
        assertThat(told).doesNotContain(false);
        return difference;
    }

    private static float[] whole(PictureModel model, Raster picture) {
        int channels = model.shape().channels();
        float[] planes = new float[channels * picture.height() * picture.width()];
        InputTensor.writePart(picture, channels, 0, 0, picture.height(), picture.width(), planes, 0);
        return model.apply(planes, 1, picture.height(), picture.width());
    }

    private static float max(float[] values) {
        float most = 0;
        for (float value : values) {
            most = Math.max(most, Math.abs(value));
        }
        return most;
    }

    private static Raster crop(Raster grey, int from, int width) {
        byte[] samples = new byte[grey.height() * width];
        for (int y = 0; y < grey.height(); y++) {
            System.arraycopy(grey.samples(), y * grey.width() + from, samples, y * width, width);
        }
        return new Raster(width, grey.height(), 1, samples);
    }

    private static Raster noise(int width, int height, int channels, long seed) {
        byte[] samples = new byte[width * height * channels];
        new Random(seed).nextBytes(samples);
        return new Raster(width, height, channels, samples);
    }
}
