package io.afterimage.image;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of an image event into pixels, or refuses them with a reason. Nothing it is given makes it take more
 * memory than a small multiple of the pixels that the limits allow, and nothing but {@link ImageRejectedException} comes
 * out of it (an {@link OutOfMemoryError} apart, should the heap be smaller than the limits ask for).
 *
 * <p>Grey images, and images whose palette is grey, have one channel, all others three. 16 bits per sample are rounded to
 * 8. Transparency is laid over black. Colour profiles, gamma and orientation tags are not applied: a model sees the samples
 * as they are stored.
 *
 * <p>Safe for use by many threads; each keeps decoders of its own, of about 100 KB.
 */
public final class ImageDecoder {
    private final ImageLimits limits;
    private final ThreadLocal<Codecs> codecs;

    private record Codecs(PngDecoder png, JpegDecoder jpeg, BmpDecoder bmp, GifDecoder gif) {}

    public ImageDecoder(ImageLimits limits) {
        this.limits = limits;
        this.codecs = ThreadLocal.withInitial(() -> new Codecs(
                new PngDecoder(limits), new JpegDecoder(limits), new BmpDecoder(limits), new GifDecoder(limits)));
    }

    public ImageLimits limits() {
        return limits;
    }

    /**
     * Decodes one image. The format is told by the first bytes; the content type can only forbid.
     *
     * @param encoded the value of the event; null (a tombstone) is refused as empty
     * @param contentType the {@code content-type} header: absent, {@code application/octet-stream} and {@code image/*} let
     *     the bytes decide, anything else is refused
     */
    public Raster decode(byte @Nullable [] encoded, @Nullable String contentType) throws ImageRejectedException {
        if (encoded == null || encoded.length == 0) {
            throw new ImageRejectedException(Rejection.EMPTY, "no bytes");
        }
        if (encoded.length > limits.maxBytes()) {
            throw new ImageRejectedException(
                    Rejection.TOO_MANY_BYTES,
                    "%d bytes, at most %d allowed".formatted(encoded.length, limits.maxBytes()));
        }
        if (contentType != null && !mayBeImage(contentType)) {
            throw new ImageRejectedException(
                    Rejection.UNSUPPORTED_CONTENT_TYPE,
                    "content type '%s' is not an image".formatted(clip(contentType)));
        }
        ImageFormat format = ImageFormat.detect(encoded)
                .orElseThrow(() -> new ImageRejectedException(
                        Rejection.UNKNOWN_FORMAT, "the bytes are not PNG, JPEG, BMP or GIF"));
        try {
            return decode(format, encoded);
        } catch (RuntimeException e) {
            // No input is known to get here; if one does, it is a dead letter, not an outage.
            throw new ImageRejectedException(Rejection.UNREADABLE, "unreadable " + format + ": " + e, e);
        }
    }

    private Raster decode(ImageFormat format, byte[] encoded) throws ImageRejectedException {
        Codecs own = codecs.get();
        return switch (format) {
            case PNG -> own.png.decode(encoded);
            case JPEG -> own.jpeg.decode(encoded);
            case BMP -> own.bmp.decode(encoded);
            case GIF -> own.gif.decode(encoded);
        };
    }

    private static boolean mayBeImage(String contentType) {
        int parameters = contentType.indexOf(';');
        String mediaType = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        return mediaType.isEmpty() || mediaType.startsWith("image/") || mediaType.equals("application/octet-stream");
    }

    private static String clip(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
