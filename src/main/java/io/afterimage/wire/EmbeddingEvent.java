package io.afterimage.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The payload of the embedding topic: where the encoder puts an image.
 *
 * @param id the id of the image event
 * @param stream the camera, line or sensor the image came from: the record's key
 * @param source where the image is
 * @param time when the image was taken, RFC 3339
 * @param model the model whose encoder it was; vectors of two model versions cannot be compared
 * @param vector the latent values, at least one, all finite; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // written once and never compared
public record EmbeddingEvent(
        String id, String stream, ScoreEvent.Source source, String time, ScoreEvent.Model model, float[] vector) {

    /** The media type of {@link #littleEndian}. No convention for bare vectors is registered. */
    public static final String VECTOR_TYPE = "application/vnd.afterimage.embedding.f32le";

    /** @throws IllegalArgumentException for an empty vector and for values JSON cannot carry */
    public EmbeddingEvent {
        if (vector.length == 0) {
            throw new IllegalArgumentException("an embedding needs at least one value");
        }
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("an embedding's values must be finite, not " + value);
            }
        }
    }

    /** The vector alone: IEEE 754 single precision, little-endian, four bytes a value. What is left out goes into headers. */
    public byte[] littleEndian() {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(vector.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return bytes.array();
    }
}
