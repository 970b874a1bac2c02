package io.afterimage.image;

import org.jspecify.annotations.Nullable;

/** An image of a set: as the bytes of an event for who publishes it, as pixels for who trains on it. */
public sealed interface LabelledImage {

    /** Unique within its set and the same in every run: a relative path, or the set's name and a running number. */
    String name();

    /** What the set calls this kind of image, if it says so. Never seen by training. */
    @Nullable
    String label();

    /** One image file; PNG if the set holds bare pixels. */
    byte[] encoded();

    /** The pixels; a set of bare pixels gives them as they are. */
    Raster raster(ImageDecoder decoder) throws ImageRejectedException;

    /** An image file; one beyond the byte limit is cut right after it, so that decoding refuses it for what it is. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Encoded(String name, @Nullable String label, byte[] encoded) implements LabelledImage {
        @Override
        public Raster raster(ImageDecoder decoder) throws ImageRejectedException {
            return decoder.decode(encoded, null);
        }
    }

    /** Bare pixels. */
    record Pixels(String name, @Nullable String label, Raster raster, PngEncoder encoder) implements LabelledImage {
        @Override
        public byte[] encoded() {
            return encoder.encode(raster);
        }

        @Override
        public Raster raster(ImageDecoder decoder) {
            return raster;
        }
    }
}
