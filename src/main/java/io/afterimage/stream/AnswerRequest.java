package io.afterimage.stream;

import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.Rejection;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.wire.CloudEventHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request in, its pictures out under the same key, or a dead letter. Keeps nothing back. */
final class AnswerRequest implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerRequest.class);

    private final PictureGenerator generator;
    private final DeadLetters deadLetters;
    private final ScoringMetrics metrics;
    private final Runnable catchUp;
    private @Nullable ProcessorContext<byte[], byte[]> context;

    /** @param catchUp returns when the model is as new as any that answered a request of this partition before */
    AnswerRequest(PictureGenerator generator, int deadLetterMaxBytes, ScoringMetrics metrics, Runnable catchUp) {
        this.generator = generator;
        this.deadLetters = new DeadLetters(ScoringTopology.REFUSED_REQUESTS, deadLetterMaxBytes);
        this.metrics = metrics;
        this.catchUp = catchUp;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        catchUp.run();
    }

    @Override
    public void process(Record<byte[], byte[]> request) {
        ProcessorContext<byte[], byte[]> context = Objects.requireNonNull(this.context);
        RecordMetadata place = context.recordMetadata().orElseThrow();
        String position = place.topic() + "-" + place.partition() + "-" + place.offset();
        List<PictureGenerator.Answer> answers;
        try {
            answers = generator.answer(request.value(), position, Instant.ofEpochMilli(request.timestamp()));
        } catch (ImageRejectedException e) {
            refuse(context, request, place, e.reason(), e.getMessage());
            return;
        } catch (RuntimeException e) {
            LOG.error("Request {} cannot be answered", position, e);
            refuse(context, request, place, Rejection.GENERATION_FAILED, "the model failed: " + e);
            return;
        }
        for (PictureGenerator.Answer answer : answers) {
            Headers headers = new RecordHeaders();
            CloudEventHeaders.writeGenerated(headers, answer.about());
            context.forward(
                    new Record<>(request.key(), answer.file(), request.timestamp(), headers),
                    ScoringTopology.GENERATED);
        }
    }

    private void refuse(
            ProcessorContext<byte[], byte[]> context,
            Record<byte[], byte[]> request,
            RecordMetadata place,
            Rejection reason,
            String message) {
        deadLetters.bury(context, request, place, reason, message);
        metrics.deadLetter(reason);
    }
}
