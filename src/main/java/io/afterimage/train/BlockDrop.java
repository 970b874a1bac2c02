package io.afterimage.train;

import io.afterimage.image.InputShape;
import java.util.SplittableRandom;

/**
 * Blanks random cells of a picture, so that the network learns to restore what is normal from its surroundings: a grid of 4×4
 * pixels, each cell set to 0 with a rate drawn for each image from U(0, 0.75). The checkerboard of the accurate recipe is one
 * such blanking at rate ½.
 */
final class BlockDrop {
    private static final int CELL = 4;
    private static final double MOST = 0.75;

    private final InputShape shape;
    private final SplittableRandom random;

    BlockDrop(InputShape shape, SplittableRandom random) {
        this.shape = shape;
        this.random = random;
    }

    /** Blanks cells of the image at {@code offset}, in all its channels alike. */
    void corrupt(float[] images, int offset) {
        double rate = random.nextDouble(MOST);
        for (int top = 0; top < shape.height(); top += CELL) {
            for (int left = 0; left < shape.width(); left += CELL) {
                if (random.nextDouble() < rate) {
                    blank(images, offset, top, left);
                }
            }
        }
    }

    private void blank(float[] images, int offset, int top, int left) {
        int right = Math.min(left + CELL, shape.width());
        int bottom = Math.min(top + CELL, shape.height());
        for (int channel = 0; channel < shape.channels(); channel++) {
            int plane = offset + channel * shape.pixels();
            for (int y = top; y < bottom; y++) {
                java.util.Arrays.fill(images, plane + y * shape.width() + left, plane + y * shape.width() + right, 0);
            }
        }
    }
}
