package io.afterimage.stream;

import java.time.Clock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Timestamps that what follows from an image can carry. A record without one counts as being of the epoch: Streams would stop
 * for it, or drop it without a word. One from the future counts as being of now: by default a broker refuses what is more than
 * an hour ahead, so that the scores of such an image could not be written, now or after any restart.
 */
public final class PlausibleTimestamps implements TimestampExtractor {
    private final Clock clock;

    /** For Kafka, which makes the instance. */
    public PlausibleTimestamps() {
        this(Clock.systemUTC());
    }

    PlausibleTimestamps(Clock clock) {
        this.clock = clock;
    }

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.max(0, Math.min(record.timestamp(), clock.millis()));
    }
}
