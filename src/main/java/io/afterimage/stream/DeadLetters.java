package io.afterimage.stream;

import io.afterimage.image.Rejection;
import io.afterimage.wire.DeadLetter;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Where records go that cannot be used.
 *
 * @param sink the name of the topology's sink
 * @param maxBytes the most bytes a record of the topic may have
 */
record DeadLetters(String sink, int maxBytes) {
    /** Forwards a record as it came, with a reason. */
    void bury(
            ProcessorContext<byte[], byte[]> context,
            Record<byte[], byte[]> record,
            RecordMetadata place,
            Rejection reason,
            String message) {
        DeadLetter letter = DeadLetter.of(
                record.headers(),
                record.key(),
                record.value(),
                place.topic(),
                place.partition(),
                place.offset(),
                reason,
                message,
                Math.max(0, maxBytes - DeadLetter.MOST_ADDED_BYTES));
        context.forward(new Record<>(letter.key(), letter.value(), record.timestamp(), letter.headers()), sink);
    }
}
