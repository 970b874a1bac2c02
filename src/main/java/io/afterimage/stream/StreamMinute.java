package io.afterimage.stream;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What happened on a stream within one minute.
 *
 * @param images images scored
 * @param anomalies how many of them were anomalous
 * @param scoreSum sum of their fused scores
 */
public record StreamMinute(long images, long anomalies, double scoreSum) {
    static final StreamMinute EMPTY = new StreamMinute(0, 0, 0);

    StreamMinute plus(double score, boolean anomalous) {
        return new StreamMinute(images + 1, anomalies + (anomalous ? 1 : 0), scoreSum + score);
    }

    /** 24 bytes: two longs and a double, big endian. */
    static Serde<StreamMinute> serde() {
        return Serdes.serdeFrom(
                (topic, minute) -> ByteBuffer.allocate(24)
                        .putLong(minute.images)
                        .putLong(minute.anomalies)
                        .putDouble(minute.scoreSum)
                        .array(),
                (topic, bytes) -> {
                    if (bytes.length != 24) {
                        throw new SerializationException("a stream's minute has 24 bytes, not " + bytes.length);
                    }
                    ByteBuffer in = ByteBuffer.wrap(bytes);
                    return new StreamMinute(in.getLong(), in.getLong(), in.getDouble());
                });
    }
}
