package io.afterimage.model;

import io.afterimage.image.InputShape;

/**
 * The shape of a {@link ConvolutionalAutoencoder}.
 *
 * @param input what the network takes: any shape, odd sides included
 * @param latent length of the latent vector, within 1..{@value Architecture#MAX_LATENT}
 */
public record AutoencoderArchitecture(InputShape input, int latent) implements Architecture {
    /** Channels after each halving of the picture. */
    static final int[] WIDTHS = {16, 32, 64};

    /** Feature maps are averaged down to at most this many rows and columns before neighbours are looked for. */
    private static final int MAX_FEATURE_SIDE = 16;

    public AutoencoderArchitecture {
        Architecture.requireLatent(latent);
    }

    @Override
    public Task task() {
        return Task.RECONSTRUCT;
    }

    /** Rows after {@code stage} halvings (0..3), rounded up each time. */
    int rows(int stage) {
        return input.halvedHeight(stage);
    }

    /** Columns after {@code stage} halvings (0..3), rounded up each time. */
    int columns(int stage) {
        return input.halvedWidth(stage);
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
}
