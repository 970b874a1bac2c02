package io.afterimage.model;

import io.afterimage.image.InputShape;

/**
 * The shape of a {@link DenoisingNetwork}.
 *
 * @param kind {@value #KIND}
 * @param input pictures it learned from; it takes those of any size
 * @param width channels at half the resolution, twice as many below, within 1..{@value Architecture#MAX_WIDTH}
 */
public record DenoisingArchitecture(String kind, InputShape input, int width) implements Architecture {
    static final String KIND = "u-net";

    public DenoisingArchitecture {
        Architecture.requireWidth(width);
    }

    public DenoisingArchitecture(InputShape input, int width) {
        this(KIND, input, width);
    }

    @Override
    public Task task() {
        return Task.DENOISE;
    }
}
