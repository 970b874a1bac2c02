package io.afterimage.bench;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.LabelledImage;
import io.afterimage.image.PngEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What the bench sends: handwritten digits, as PNG. */
final class Pictures {
    private static final long SEED = 20261124;
    /** Of the full scale. Without it an enlarged digit would be packed to almost nothing, unlike any camera's picture. */
    private static final double GRAIN = 1.0 / 128;

    private static final long MOST_BYTES = 64L << 20;

    private Pictures() {}

    static List<byte[]> digits() throws ImageSetException {
        List<byte[]> images = new ArrayList<>();
        try (ImageSet digits = ImageSet.open("builtin:digits-test")) {
            for (LabelledImage digit : digits) {
                images.add(digit.encoded());
            }
        }
        return images;
    }

    /**
     * Digits enlarged to squares, with the grain of a camera.
     *
     * @param side rows and columns
     * @return all the digits there are, or fewer when they would take much memory
     */
    static List<byte[]> enlarged(int side) throws ImageSetException {
        InputShape shape = new InputShape(1, side, side);
        long most = Math.max(1, MOST_BYTES / shape.size());
        SplittableRandom random = new SplittableRandom(SEED);
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        PngEncoder encoder = new PngEncoder();
        List<byte[]> enlarged = new ArrayList<>();
        float[] values = new float[shape.size()];
        for (byte[] digit : digits()) {
            if (enlarged.size() == most) {
                break;
            }
            try {
                InputTensor.write(decoder.decode(digit, null), shape, values, 0);
            } catch (ImageRejectedException e) {
                throw new IllegalStateException("a digit cannot be decoded", e);
            }
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (GRAIN * random.nextGaussian());
            }
            enlarged.add(encoder.encode(InputTensor.read(values, 0, shape)));
        }
        return enlarged;
    }
}
