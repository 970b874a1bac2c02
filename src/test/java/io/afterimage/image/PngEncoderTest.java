package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngEncoderTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "28, 28, 1", "1, 40, 3", "40, 1, 3", "333, 222, 3"})
    void theJdkReadsTheSamePixels(int width, int height, int channels) throws Exception {
        Raster raster = Pictures.raster(width, height, channels, 8);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(new PngEncoder().encode(raster)));
        int[] pixels = image.getRaster().getPixels(0, 0, width, height, (int[]) null);
        assertThat(image.getWidth()).isEqualTo(width);
        assertThat(pixels).isEqualTo(Pictures.unsigned(raster.samples()));
    }

    @ParameterizedTest
    @CsvSource({"28, 28, 1", "64, 48, 3"})
    void theSameRasterGivesTheSameBytes(int width, int height, int channels) {
        PngEncoder encoder = new PngEncoder();
        byte[] first = encoder.encode(Pictures.raster(width, height, channels, 8));
        byte[] other = encoder.encode(Pictures.raster(width, height, channels, 9));
        assertThat(encoder.encode(Pictures.raster(width, height, channels, 8)))
                .isEqualTo(first)
                .isNotEqualTo(other);
    }
}
