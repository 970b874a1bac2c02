package io.afterimage.score;

/**
 * The 5×5 binomial blur, [1 4 6 4 1]/16 along rows and columns, with reflected edges. A blurred residual forgives a stroke
 * that is reconstructed half a pixel off and keeps one that is missing.
 *
 * <p>Written as loops over contiguous rows so that the JIT compiler turns them into vector instructions; every image is
 * computed alone, so a score does not depend on the batch an image travelled in.
 */
final class Binomial {
    private final int height;
    private final int width;
    private final float[] rows;

    Binomial(int height, int width) {
        this.height = height;
        this.width = width;
        this.rows = new float[height * width];
    }

    /** Blurs one plane of {@code height · width} values from {@code in} into {@code out}; both may be the same array. */
    void blur(float[] in, float[] out) {
        for (int y = 0; y < height; y++) {
            int row = y * width;
            for (int x = row + 2; x < row + width - 2; x++) {
                rows[x] = (in[x - 2] + in[x + 2] + 4 * (in[x - 1] + in[x + 1]) + 6 * in[x]) * (1f / 16);
            }
            blurEdge(in, row, 0);
            blurEdge(in, row, 1);
            blurEdge(in, row, width - 2);
            blurEdge(in, row, width - 1);
        }
        for (int y = 0; y < height; y++) {
            int above2 = reflect(y - 2, height) * width;
            int above = reflect(y - 1, height) * width;
            int below = reflect(y + 1, height) * width;
            int below2 = reflect(y + 2, height) * width;
            int row = y * width;
            for (int x = 0; x < width; x++) {
                out[row + x] = (rows[above2 + x]
                                + rows[below2 + x]
                                + 4 * (rows[above + x] + rows[below + x])
                                + 6 * rows[row + x])
                        * (1f / 16);
            }
        }
    }

    private void blurEdge(float[] in, int row, int x) {
        float outer = in[row + reflect(x - 2, width)] + in[row + reflect(x + 2, width)];
        float inner = in[row + reflect(x - 1, width)] + in[row + reflect(x + 1, width)];
        rows[row + x] = (outer + 4 * inner + 6 * in[row + x]) * (1f / 16);
    }

    /** Mirrors an index at the edges without repeating the edge itself: −1 becomes 1. */
    static int reflect(int i, int n) {
        int j = Math.abs(i);
        return j < n ? j : 2 * (n - 1) - j;
    }
}
