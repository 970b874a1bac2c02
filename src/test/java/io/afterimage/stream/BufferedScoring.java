package io.afterimage.stream;

import io.afterimage.config.Configuration;
import io.afterimage.image.ImageFormat;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.Rejection;
import io.afterimage.score.Verdict;
import io.afterimage.wire.CloudEventHeaders;
import io.afterimage.wire.DeadLetter;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.EventType;
import io.afterimage.wire.ImageEvent;
import io.afterimage.wire.ScoreEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Broken on purpose: the service with the batching that comes to mind first. The processor keeps images back and answers them
 * together when a wall-clock punctuator fires. Streams commits in between, so the offsets of images without an answer are
 * committed, and a crash loses them. Topology and settings are those of the service, the model is a constant.
 */
public final class BufferedScoring {
    private static final Duration KEPT_BACK = Duration.ofMillis(500);

    private static final Serializer<ScoreEvent> SCORES = EventSerdes.score().serializer();

    private BufferedScoring() {}

    public static void main(String[] args) {
        Configuration configuration = Configuration.load(Map.of(), null);
        Topics topics = new Topics(configuration.service().topicsPrefix());
        KafkaStreams streams =
                new KafkaStreams(ScoringTopology.of(topics, Buffer::new), StreamsProperties.of(configuration));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(20))));
        streams.start();
    }

    /** An answer that is ready and not yet given. */
    private record Answer(Record<byte[], byte[]> event, String sink) {}

    private static final class Buffer implements Processor<byte[], byte[], byte[], byte[]> {
        private final List<Answer> answers = new ArrayList<>();
        private @Nullable ProcessorContext<byte[], byte[]> context;

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            this.context = context;
            context.schedule(KEPT_BACK, PunctuationType.WALL_CLOCK_TIME, now -> {
                answers.forEach(answer -> context.forward(answer.event(), answer.sink()));
                answers.clear();
            });
        }

        @Override
        public void process(Record<byte[], byte[]> image) {
            answers.add(answer(
                    image, Objects.requireNonNull(context).recordMetadata().orElseThrow()));
        }

        private static Answer answer(Record<byte[], byte[]> image, RecordMetadata place) {
            try {
                ImageEvent event = ImageEvent.of(
                        image.headers(),
                        image.key(),
                        image.value(),
                        place.topic(),
                        place.partition(),
                        place.offset(),
                        image.timestamp());
                if (ImageFormat.detect(event.bytes()).isEmpty()) {
                    throw new ImageRejectedException(Rejection.UNKNOWN_FORMAT, "not an image");
                }
                return new Answer(score(event, image), ScoringTopology.SCORES);
            } catch (ImageRejectedException e) {
                DeadLetter letter = DeadLetter.of(
                        image.headers(),
                        image.key(),
                        image.value(),
                        place.topic(),
                        place.partition(),
                        place.offset(),
                        e.reason(),
                        e.getMessage(),
                        Integer.MAX_VALUE);
                return new Answer(
                        new Record<>(image.key(), letter.value(), image.timestamp(), letter.headers()),
                        ScoringTopology.DEAD_LETTERS);
            }
        }

        private static Record<byte[], byte[]> score(ImageEvent event, Record<byte[], byte[]> image) {
            ScoreEvent score = new ScoreEvent(
                    event.id(),
                    event.stream(),
                    new ScoreEvent.Source(event.topic(), event.partition(), event.offset()),
                    event.time().toString(),
                    new ScoreEvent.Model("constant", "1"),
                    0,
                    Map.of(),
                    1,
                    0.01,
                    Verdict.NORMAL.label());
            Headers headers = new RecordHeaders();
            CloudEventHeaders.write(headers, EventType.SCORE, score);
            byte[] json = SCORES.serialize("", score);
            return new Record<>(event.stream().getBytes(StandardCharsets.UTF_8), json, image.timestamp(), headers);
        }
    }
}
