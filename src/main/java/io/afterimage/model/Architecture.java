package io.afterimage.model;

import io.afterimage.image.InputShape;

/**
 * The shape of a convolutional autoencoder; with it, the weights have a meaning.
 *
 * @param input what the network takes: any shape, odd sides included
 * @param latent length of the latent vector, within 1..1024
 */
public record Architecture(InputShape input, int latent) {
    /** Channels after each halving of the picture. */
    static final int[] WIDTHS = {16, 32, 64};

    public static final int MAX_LATENT = 1024;

    /** Feature maps are averaged down to at most this many rows and columns before neighbours are looked for. */
    private static final int MAX_FEATURE_SIDE = 16;

    public Architecture {
        if (latent < 1 || latent > MAX_LATENT) {
            throw new IllegalArgumentException("latent must be within 1.." + MAX_LATENT + ", not " + latent);
        }
    }

    /** Rows after {@code stage} halvings (0..3), rounded up each time. */
    int rows(int stage) {
        return halve(input.height(), stage);
    }

    /** Columns after {@code stage} halvings (0..3), rounded up each time. */
    int columns(int stage) {
        return halve(input.width(), stage);
    }

    /** Rows of the third feature map that are averaged into one feature: 1 unless the picture is large. */
    int pooledRows() {
        return (rows(3) + MAX_FEATURE_SIDE - 1) / MAX_FEATURE_SIDE;
    }

    /** Columns of the third feature map that are averaged into one feature: 1 unless the picture is large. */
    int pooledColumns() {
        return (columns(3) + MAX_FEATURE_SIDE - 1) / MAX_FEATURE_SIDE;
    }

    /** Number of features of an image: channels × rows × columns of the pooled third map. */
    public int features() {
        return WIDTHS[2] * (rows(3) / pooledRows()) * (columns(3) / pooledColumns());
    }

    private static int halve(int side, int times) {
        int halved = side;
        for (int i = 0; i < times; i++) {
            halved = (halved + 1) / 2;
        }
        return halved;
    }
}
