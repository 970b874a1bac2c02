package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand damaged files: each is a picture or a rejection, and none takes more than its limits allow. */
class MutatedImagesTest {
    private static final int MUTATIONS_PER_FORMAT = 2_500;
    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 250_000);
    /** Samples, the JDK's line buffers and a thread's own scratch. */
    private static final long MOST_ALLOCATED = 3 * LIMITS.maxPixels() + (1 << 20);

    private final ImageDecoder decoder = new ImageDecoder(LIMITS);

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void eachIsAPictureOrARejection(ImageFormat format) throws Exception {
        Mutations mutations =
                new Mutations(format, new Random(20_261_101L + format.name().hashCode()));
        for (byte[] file : mutations.files()) {
            decoder.decode(file, null);
        }
        int pictures = 0;
        int rejections = 0;
        for (int i = 0; i < MUTATIONS_PER_FORMAT; i++) {
            byte[] mutated = mutations.next();
            long before = Allocation.soFar();
            Object outcome = decode(mutated);
            long allocated = Allocation.soFar() - before;
            assertThat(allocated).as("mutation %d: %s", i, outcome).isLessThan(MOST_ALLOCATED);
            if (outcome instanceof Raster raster) {
                assertThat((long) raster.width() * raster.height()).isLessThanOrEqualTo(LIMITS.maxPixels());
                pictures++;
            } else if (outcome instanceof ImageRejectedException e) {
                boolean ownDefect = format != ImageFormat.JPEG && e.getCause() instanceof RuntimeException;
                assertThat(ownDefect).as("mutation %d: %s", i, e.getCause()).isFalse();
                rejections++;
            }
        }
        assertThat(pictures).isPositive();
        assertThat(rejections).isGreaterThan(MUTATIONS_PER_FORMAT / 20);
    }

    private Object decode(byte[] mutated) {
        try {
            return decoder.decode(mutated, null);
        } catch (ImageRejectedException e) {
            return e;
        }
    }
}
