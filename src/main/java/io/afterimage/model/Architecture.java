package io.afterimage.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.afterimage.image.InputShape;

/**
 * The shape of a network; with it, the weights have a meaning. In a manifest its {@code kind} tells which it is; one without is
 * that of a {@linkplain AutoencoderArchitecture convolutional autoencoder}, the first there was.
 */
@JsonTypeInfo(
        use = JsonTypeInfo.Id.NAME,
        include = JsonTypeInfo.As.EXISTING_PROPERTY,
        property = "kind",
        visible = true,
        defaultImpl = AutoencoderArchitecture.class)
@JsonSubTypes({
    @JsonSubTypes.Type(value = DenoisingArchitecture.class, name = DenoisingArchitecture.KIND),
    @JsonSubTypes.Type(value = UpscalingArchitecture.class, name = UpscalingArchitecture.KIND),
    @JsonSubTypes.Type(value = GenerativeArchitecture.class, name = GenerativeArchitecture.VARIATIONAL),
    @JsonSubTypes.Type(value = GenerativeArchitecture.class, name = GenerativeArchitecture.DENSE_VARIATIONAL),
    @JsonSubTypes.Type(value = GenerativeArchitecture.class, name = GenerativeArchitecture.ADVERSARIAL)
})
public sealed interface Architecture
        permits AutoencoderArchitecture, DenoisingArchitecture, UpscalingArchitecture, GenerativeArchitecture {
    int MAX_LATENT = 1024;
    int MAX_WIDTH = 512;

    /** The pictures that the network learned from and gives: any shape, odd sides included. */
    InputShape input();

    /** What the network is for. */
    Task task();

    /**
     * Checks the length of a latent vector.
     *
     * @throws IllegalArgumentException when it is not within 1..{@value #MAX_LATENT}
     */
    static void requireLatent(int latent) {
        if (latent < 1 || latent > MAX_LATENT) {
            throw new IllegalArgumentException("latent must be within 1..%d, not %d".formatted(MAX_LATENT, latent));
        }
    }

    /**
     * Checks a number of channels.
     *
     * @throws IllegalArgumentException when it is not within 1..{@value #MAX_WIDTH}
     */
    static void requireWidth(int width) {
        if (width < 1 || width > MAX_WIDTH) {
            throw new IllegalArgumentException("width must be within 1..%d, not %d".formatted(MAX_WIDTH, width));
        }
    }
}
