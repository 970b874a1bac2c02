package io.afterimage.stream;

import io.afterimage.image.Rejection;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.wire.CloudEventHeaders;
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
    private final DeadLetters deadLetters;
    private final ScoringMetrics metrics;
    private final Runnable catchUp;
    private Generations generations = Generations.NONE;
    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable WindowStore<String, StreamMinute> minutes;

    /** @param catchUp returns when the model is as new as any that scored an image of this partition before */
    ScoreImage(LookAhead<Outcome> lookAhead, int deadLetterMaxBytes, ScoringMetrics metrics, Runnable catchUp) {
        this.lookAhead = lookAhead;
        this.deadLetters = new DeadLetters(ScoringTopology.DEAD_LETTERS, deadLetterMaxBytes);
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
            if (outcome instanceof Outcome.Postponed
                    || (outcome instanceof Outcome.Scored scored
                            && scored.generations().behind(generations))) {
                // Batches of one poll are computed at the same time: around a swap a later one may have older models.
                outcome = lookAhead.alone(record);
            }
            if (outcome instanceof Outcome.Scored scored) {
                generations = scored.generations();
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
        forward(context, stream, new Outcome.Product(EventType.SCORE, score.model(), scored.json()), image, score);
        if (score.anomalous()) {
            forward(
                    context,
                    stream,
                    new Outcome.Product(EventType.ANOMALY, score.model(), scored.json()),
                    image,
                    score);
        }
        for (Outcome.Product product : scored.products()) {
            forward(context, stream, product, image, score);
        }
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
            byte[] stream,
            Outcome.Product product,
            Record<byte[], byte[]> image,
            ScoreEvent score) {
        Headers headers = new RecordHeaders();
        CloudEventHeaders.write(headers, product.type(), score, product.model());
        context.forward(
                new Record<>(stream, product.payload(), image.timestamp(), headers),
                ScoringTopology.sink(product.type()));
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
        deadLetters.bury(context, image, place, rejected.reason(), rejected.message());
        metrics.deadLetter(rejected.reason(), ImageEvent.streamOf(image.key()));
    }

    @Override
    public void close() {
        if (context != null) {
            lookAhead.forget(context.taskId().partition());
        }
    }
}
