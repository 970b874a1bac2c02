package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.InputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SyntheticDefectsTest {
    private static final int COUNT = 60;

    static Stream<Arguments> kindsAndShapes() {
        return Stream.of(new InputShape(1, 28, 28), new InputShape(3, 17, 40), new InputShape(1, 64, 16))
                .flatMap(shape -> Stream.of(Defect.values()).map(kind -> Arguments.of(kind, shape)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndShapes")
    void everyImageIsVisiblySpoiltAndStaysAnImage(Defect kind, InputShape shape) {
        List<float[]> normals = blobs(shape);
        SyntheticDefects defects = new SyntheticDefects(shape, normals, 1);
        for (int i = 0; i < COUNT; i++) {
            float[] before = normals.get(i).clone();
            float[] spoilt = defects.spoil(kind, i);

            assertThat(normals.get(i)).isEqualTo(before);
            assertThat(spoilt).hasSize(shape.size()).isNotEqualTo(before);
            for (float value : spoilt) {
                assertThat(value).isBetween(0f, 1f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kindsAndShapes")
    void aDefectDependsOnSeedAndPlaceAlone(Defect kind, InputShape shape) {
        List<float[]> normals = blobs(shape);
        SyntheticDefects defects = new SyntheticDefects(shape, normals, 1);
        float[] first = defects.spoil(kind, 7);
        defects.spoil(kind, 8);

        assertThat(defects.spoil(kind, 7)).isEqualTo(first);
        assertThat(new SyntheticDefects(shape, normals, 1).spoil(kind, 7)).isEqualTo(first);
        assertThat(new SyntheticDefects(shape, normals, 2).spoil(kind, 7)).isNotEqualTo(first);
    }

    @Test
    void anOcclusionIsOneColourOfTheStatedSize() {
        InputShape shape = new InputShape(3, 48, 48);
        List<float[]> normals = blobs(shape);
        SyntheticDefects defects = new SyntheticDefects(shape, normals, 5);
        for (int i = 0; i < COUNT; i++) {
            int changed = changedPixels(shape, normals.get(i), defects.spoil(Defect.OCCLUSION, i));
            assertThat(changed).isBetween(1, 16 * 16);
        }
    }

    @Test
    void aScratchIsThin() {
        InputShape shape = new InputShape(1, 56, 56);
        List<float[]> normals = blobs(shape);
        SyntheticDefects defects = new SyntheticDefects(shape, normals, 5);
        for (int i = 0; i < COUNT; i++) {
            int changed = changedPixels(shape, normals.get(i), defects.spoil(Defect.SCRATCH, i));
            assertThat(changed).isBetween(1, 3 * 40);
        }
    }

    private static int changedPixels(InputShape shape, float[] before, float[] after) {
        int changed = 0;
        for (int i = 0; i < shape.pixels(); i++) {
            boolean same = true;
            for (int k = i; k < shape.size(); k += shape.pixels()) {
                same &= before[k] == after[k];
            }
            changed += same ? 0 : 1;
        }
        return changed;
    }

    /** Bright discs on black: most of a picture is background, on which a patch of background would be no defect. */
    private static List<float[]> blobs(InputShape shape) {
        SplittableRandom random = new SplittableRandom(4);
        List<float[]> images = new ArrayList<>();
        for (int n = 0; n < COUNT; n++) {
            float[] image = new float[shape.size()];
            double cx = random.nextDouble(shape.width());
            double cy = random.nextDouble(shape.height());
            for (int i = 0; i < image.length; i++) {
                double dx = i % shape.width() - cx;
                double dy = i / shape.width() % shape.height() - cy;
                image[i] = dx * dx + dy * dy < 30 ? 0.9f : 0;
            }
            images.add(image);
        }
        return images;
    }
}
