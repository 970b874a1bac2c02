package io.afterimage.stream;

import io.afterimage.image.Rejection;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.wire.CloudEventHeaders;
import io.afterimage.wire.DeadLetter;
import io.afterimage.wire.EventType;
import io.afterimage.wire.ImageEvent;
import io.afterimage.wire.ScoreEvent;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One image in, its score and what goes with it out, or a dead letter. Keeps nothing back. */
final class ScoreImage implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(ScoreImage.class);
    private static final long MINUTE = 60_000;

    private final LookAhead<Outcome> lookAhead;
    private final int deadLetterMaxBytes;
    private final ScoringMetrics metrics;
    private final Runnable catchUp;
    private long generation = Long.MIN_VALUE;
    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable WindowStore<String, StreamMinute> minutes;

    /** @param catchUp returns when the model is as new as any that scored an image of this partition before */
    ScoreImage(LookAhead<Outcome> lookAhead, int deadLetterMaxBytes, ScoringMetrics metrics, Runnable catchUp) {
        this.lookAhead = lookAhead;
        this.deadLetterMaxBytes = deadLetterMaxBytes;
        this.metrics = metrics;
        this.catchUp = catchUp;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.minutes = context.getStateStore(ScoringTopology.MINUTES);
        catchUp.run();
    }

    @Override
    public void process(Record<byte[], byte[]> image) {
        ProcessorContext<byte[], byte[]> context = Objects.requireNonNull(this.context);
        RecordMetadata place = context.recordMetadata().orElseThrow();
        Outcome outcome = outcome(image, place);
        if (outcome instanceof Outcome.Scored scored) {
            publish(context, image, scored);
        } else if (outcome instanceof Outcome.Rejected rejected) {
            bury(context, image, place, rejected);
        }
    }

    private Outcome outcome(Record<byte[], byte[]> image, RecordMetadata place) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                place.topic(),
                place.partition(),
                place.offset(),
                image.timestamp(),
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                image.value() == null ? ConsumerRecord.NULL_SIZE : image.value().length,
                image.key(),
                image.value(),
                image.headers(),
                Optional.empty());
        try {
            Outcome outcome = lookAhead.result(record);
            if (outcome instanceof Outcome.Scored scored && scored.generation() < generation) {
                // Batches of one poll are computed at the same time: around a swap a later one may have the newer
                // model.
                outcome = lookAhead.alone(record);
            }
            if (outcome instanceof Outcome.Scored scored) {
                generation = scored.generation();
            }
            return outcome;
        } catch (InferenceStuckException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("Image {}-{}@{} cannot be scored", place.topic(), place.partition(), place.offset(), e);
            return new Outcome.Rejected(Rejection.SCORING_FAILED, "unexpected: " + e);
        }
    }

    private void publish(
            ProcessorContext<byte[], byte[]> context, Record<byte[], byte[]> image, Outcome.Scored scored) {
        ScoreEvent score = scored.score();
        byte[] stream = score.stream().getBytes(StandardCharsets.UTF_8);
        forward(context, EventType.SCORE, ScoringTopology.SCORES, stream, scored.json(), image, score);
        if (score.anomalous()) {
            forward(context, EventType.ANOMALY, ScoringTopology.ANOMALIES, stream, scored.json(), image, score);
        }
        forward(
                context,
                EventType.RECONSTRUCTION,
                ScoringTopology.RECONSTRUCTIONS,
                stream,
                scored.reconstruction(),
                image,
                score);
        forward(context, EventType.HEATMAP, ScoringTopology.HEATMAPS, stream, scored.heatmap(), image, score);
        forward(context, EventType.EMBEDDING, ScoringTopology.EMBEDDINGS, stream, scored.embedding(), image, score);
        forward(context, EventType.SHADOW_SCORE, ScoringTopology.SHADOW_SCORES, stream, scored.shadow(), image, score);
        count(context, image.timestamp(), score);
        metrics.scored(
                score.stream(),
                score.anomalous(),
                score.score(),
                score.pValue(),
                context.currentSystemTimeMs() - image.timestamp());
    }

    private static void forward(
            ProcessorContext<byte[], byte[]> context,
            EventType type,
            String sink,
            byte[] stream,
            byte @Nullable [] payload,
            Record<byte[], byte[]> image,
            ScoreEvent score) {
        if (payload != null) {
            Headers headers = new RecordHeaders();
            CloudEventHeaders.write(headers, type, score);
            context.forward(new Record<>(stream, payload, image.timestamp(), headers), sink);
        }
    }

    private void count(ProcessorContext<byte[], byte[]> context, long timestamp, ScoreEvent score) {
        WindowStore<String, StreamMinute> minutes = Objects.requireNonNull(this.minutes);
        // A timestamp from the future would make the store drop everything older than its retention.
        long start = Math.min(timestamp, context.currentSystemTimeMs()) / MINUTE * MINUTE;
        StreamMinute before = minutes.fetch(score.stream(), start);
        minutes.put(
                score.stream(),
                (before == null ? StreamMinute.EMPTY : before).plus(score.score(), score.anomalous()),
                start);
    }

    private void bury(
            ProcessorContext<byte[], byte[]> context,
            Record<byte[], byte[]> image,
            RecordMetadata place,
            Outcome.Rejected rejected) {
        DeadLetter letter = DeadLetter.of(
                image.headers(),
                image.key(),
                image.value(),
                place.topic(),
                place.partition(),
                place.offset(),
                rejected.reason(),
                rejected.message(),
                Math.max(0, deadLetterMaxBytes - DeadLetter.MOST_ADDED_BYTES));
        context.forward(
                new Record<>(letter.key(), letter.value(), image.timestamp(), letter.headers()),
                ScoringTopology.DEAD_LETTERS);
        metrics.deadLetter(rejected.reason(), ImageEvent.streamOf(image.key()));
    }

    @Override
    public void close() {
        if (context != null) {
            lookAhead.forget(context.taskId().partition());
        }
    }
}
