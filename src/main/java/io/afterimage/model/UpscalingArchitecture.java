package io.afterimage.model;

import io.afterimage.image.InputShape;

/**
 * The shape of an {@link UpscalingNetwork}.
 *
 * @param kind {@value #KIND}
 * @param input pictures it learned from, at the resolution it gives; it takes those of any size
 * @param width channels of its layers, within 1..{@value Architecture#MAX_WIDTH}
 */
public record UpscalingArchitecture(String kind, InputShape input, int width) implements Architecture {
    static final String KIND = "sub-pixel";

    public UpscalingArchitecture {
        Architecture.requireWidth(width);
    }

    public UpscalingArchitecture(InputShape input, int width) {
        this(KIND, input, width);
    }

    @Override
    public Task task() {
        return Task.SUPER_RESOLVE;
    }
}
