package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.InputShape;
import io.afterimage.model.Architectures;
import io.afterimage.model.DenoisingArchitecture;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.GenerativeModel;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.PictureModel;
import io.afterimage.model.UpscalingArchitecture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is measured of models that give pictures, more of them than go through a model at once. */
class PictureQualityTest {
    private static final InputShape SHAPE = new InputShape(1, 17, 20);
    private static final int COUNT = 70;

    private static List<float[]> pictures() {
        SplittableRandom random = new SplittableRandom(1);
        List<float[]> pictures = new ArrayList<>();
        for (int n = 0; n < COUNT; n++) {
            float[] picture = new float[SHAPE.size()];
            for (int i = 0; i < picture.length; i++) {
                picture[i] = (float) random.nextDouble();
            }
            pictures.add(picture);
        }
        return pictures;
    }

    /** 20 dB for an error of 0.1 everywhere; 99 dB stand for equal pictures. */
    @Test
    void isTheMeanOverThePictures() {
        float[] truth = new float[SHAPE.size()];
        float[] close = new float[SHAPE.size()];
        Arrays.fill(close, 0.1f);

        PictureQuality quality = PictureQuality.of(List.of(close, truth), List.of(truth, truth), SHAPE);

        assertThat(quality.psnr()).isCloseTo((20 + 99) / 2.0, within(1e-3));
        assertThat(quality.ssim()).isCloseTo((1 + 0.0001 / 0.0101) / 2, within(1e-4));
    }

    @Test
    void picturesKeepTheirPlacesInBatches() throws ModelRejectedException {
        List<float[]> pictures = pictures();
        try (PictureModel model = PictureModel.load(Architectures.untrained(new DenoisingArchitecture(SHAPE, 4)))) {
            List<float[]> made = PictureQuality.applied(model, pictures, 17, 20);

            assertThat(made).hasSize(COUNT);
            for (int i : new int[] {0, 63, 64, 69}) {
                assertThat(made.get(i)).containsExactly(model.apply(pictures.get(i), 1, 17, 20), within(1e-5f));
            }
        }
    }

    @Test
    void noiseIsDrawnAnewForEachPictureAndTheSameAgain() throws ModelRejectedException {
        List<float[]> pictures = pictures();
        try (PictureModel model = PictureModel.load(Architectures.untrained(new DenoisingArchitecture(SHAPE, 4)))) {
            PictureQuality once = PictureQuality.ofDenoising(model, SHAPE, pictures, Noise.GRAIN, 3);

            assertThat(PictureQuality.ofDenoising(model, SHAPE, pictures, Noise.GRAIN, 3))
                    .isEqualTo(once);
            assertThat(PictureQuality.ofDenoising(model, SHAPE, pictures, Noise.GRAIN, 300))
                    .isNotEqualTo(once);
        }
    }

    @Test
    void enlargedPicturesAreHeldAgainstThoseWithEvenSides() throws ModelRejectedException {
        try (PictureModel model = PictureModel.load(Architectures.untrained(new UpscalingArchitecture(SHAPE, 4)))) {
            PictureQuality quality = PictureQuality.ofEnlarging(model, SHAPE, pictures());

            assertThat(quality.psnr()).isBetween(1.0, 30.0);
            assertThat(quality.ssim()).isBetween(-1.0, 1.0);
        }
    }

    /** The sum of both losses over the number of pictures, each with its own draw. */
    @Test
    void whatAGenerativeModelLosesIsTheMeanOverThePictures() throws ModelRejectedException {
        List<float[]> pictures = pictures();
        try (GenerativeModel model = GenerativeModel.load(
                Architectures.untrained(Architectures.generative(GenerativeArchitecture.VARIATIONAL, SHAPE)))) {
            GenerativeQuality quality = GenerativeQuality.of(model, pictures, 4);

            GenerativeModel.Losses first =
                    model.losses(ImageBatch.join(pictures.subList(0, 64)), 64, model.draw(64, 4));
            GenerativeModel.Losses rest = model.losses(ImageBatch.join(pictures.subList(64, 70)), 6, model.draw(6, 68));
            assertThat(quality.reconstruction())
                    .isCloseTo((sum(first.reconstruction()) + sum(rest.reconstruction())) / COUNT, within(1e-4));
            assertThat(quality.divergence())
                    .isCloseTo((sum(first.divergence()) + sum(rest.divergence())) / COUNT, within(1e-4));
            assertThat(quality.negativeElbo()).isEqualTo(quality.reconstruction() + quality.divergence());
            assertThat(GenerativeQuality.of(model, pictures, 4)).isEqualTo(quality);
            assertThat(GenerativeQuality.of(model, pictures, 5)).isNotEqualTo(quality);
        }
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }
}
