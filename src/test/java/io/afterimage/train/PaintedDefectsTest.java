package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.InputShape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaintedDefectsTest {
    private static final int BATCH = 3;

    private static float[] noise(InputShape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] batch = new float[BATCH * shape.size()];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = (float) random.nextDouble();
        }
        return batch;
    }

    /** Of pictures of noise, so that whatever is painted shows. */
    @ParameterizedTest
    @CsvSource({"1, 16, 16", "3, 17, 23", "1, 64, 18"})
    void paintsAPieceOfMostPicturesAndNothingElse(int channels, int height, int width) {
        InputShape shape = new InputShape(channels, height, width);
        float[] clean = noise(shape, 1);
        float[] before = clean.clone();
        PaintedDefects defects = new PaintedDefects(shape, new SplittableRandom(2));
        int painted = 0;
        int least = shape.pixels();
        int most = 0;
        for (int n = 0; n < 300; n++) {
            float[] spoiled = clean.clone();
            defects.corrupt(spoiled, clean, 1);
            int changed = 0;
            for (int i = 0; i < spoiled.length; i++) {
                assertThat(spoiled[i]).isBetween(0f, 1f);
                if (spoiled[i] != clean[i]) {
                    assertThat(i).isBetween(shape.size(), 2 * shape.size() - 1);
                    changed++;
                }
            }
            if (changed > 0) {
                painted++;
                least = Math.min(least, changed / channels);
                most = Math.max(most, changed / channels);
            }
        }

        assertThat(clean).isEqualTo(before);
        assertThat(painted).isBetween(210, 270);
        assertThat(most).isBetween(shape.pixels() / 8, shape.pixels() / 4);
        assertThat(least).isLessThan(shape.pixels() / 12);
    }

    @Test
    void theSameSeedPaintsTheSame() {
        InputShape shape = new InputShape(3, 17, 23);

        assertThat(painted(shape, 5)).isEqualTo(painted(shape, 5)).isNotEqualTo(painted(shape, 6));
    }

    private static float[] painted(InputShape shape, long seed) {
        float[] clean = noise(shape, 1);
        float[] spoiled = clean.clone();
        PaintedDefects defects = new PaintedDefects(shape, new SplittableRandom(seed));
        for (int i = 0; i < BATCH; i++) {
            defects.corrupt(spoiled, clean, i);
        }
        return spoiled;
    }

    /** A defect is put on what is there already: cells that were blanked before stay blank around it. */
    @Test
    void whatWasSpoiledBeforeStays() {
        InputShape shape = new InputShape(1, 20, 20);
        float[] clean = noise(shape, 1);
        float[] blank = new float[clean.length];
        PaintedDefects defects = new PaintedDefects(shape, new SplittableRandom(3));
        int stayed = 0;
        for (int i = 0; i < 100; i++) {
            float[] spoiled = blank.clone();
            defects.corrupt(spoiled, clean, 0);
            for (int k = 0; k < shape.size(); k++) {
                stayed += spoiled[k] == 0 ? 1 : 0;
            }
        }

        assertThat(stayed).isBetween(75 * shape.size(), 99 * shape.size());
    }
}
