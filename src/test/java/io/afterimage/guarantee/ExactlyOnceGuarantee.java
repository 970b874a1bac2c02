package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.stream.Topics;
import io.afterimage.wire.CloudEventHeaders;
import io.afterimage.wire.DeadLetter;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ScoreEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * What the service promises: every image is answered once, by its own score or its own dead letter, and those of a stream in
 * the order of the stream. Is fed every image that was published and every record that was consumed, and then asserted.
 *
 * <p>Publishing may be told from any thread; consuming from one, after publishing has ended.
 */
public final class ExactlyOnceGuarantee {
    /** The same picture scores the same, whatever batch it travelled in. */
    private static final double SCORE_TOLERANCE = 1e-5;

    private static final int EXAMPLES = 10;

    private final Topics topics;
    private final Deserializer<ScoreEvent> scores = EventSerdes.score().deserializer();
    private final Map<String, PublishedImage> published = new ConcurrentHashMap<>();
    private final Map<String, Integer> answers = new HashMap<>();
    private final Map<String, Long> lastOffsets = new HashMap<>();
    private final Map<Integer, ScoreRange> scoresByPicture = new HashMap<>();
    private final List<String> examples = new ArrayList<>();
    private int duplicated;
    private int wrong;
    private int outOfOrder;
    private int scored;
    private int deadLetters;

    public ExactlyOnceGuarantee(Topics topics) {
        this.topics = topics;
    }

    private record ScoreRange(double lowest, double highest) {
        ScoreRange with(double score) {
            return new ScoreRange(Math.min(lowest, score), Math.max(highest, score));
        }
    }

    /**
     * How published and consumed compare.
     *
     * @param lost images without an answer
     * @param duplicated answers beyond the first
     * @param wrong answers that no image was published for, or that do not belong to the image they name
     * @param outOfOrder answers behind a later one of the same stream
     * @param unequal pictures whose scores differ from one time to another
     * @param examples what went wrong, at most {@value #EXAMPLES} sentences
     */
    public record Account(
            int published,
            int scored,
            int deadLetters,
            int lost,
            int duplicated,
            int wrong,
            int outOfOrder,
            int unequal,
            List<String> examples) {}

    /** An image that a broker acknowledged. */
    public void published(PublishedImage image) {
        if (published.putIfAbsent(image.id(), image) != null) {
            throw new IllegalArgumentException("published twice: " + image);
        }
    }

    /** A record of the scores or the dead letters, read with {@code read_committed}, in the order of its partition. */
    public void consumed(ConsumerRecord<byte[], byte[]> answer) {
        if (answer.topic().equals(topics.scores())) {
            scored++;
            ScoreEvent score = scores.deserialize(answer.topic(), answer.value());
            PublishedImage image = published.get(score.id());
            ScoreEvent.Source source = score.source();
            settle(
                    answer,
                    score.id(),
                    image != null
                            && image.readable()
                            && score.id().equals(header(answer, CloudEventHeaders.ID))
                            && score.stream().equals(image.stream())
                            && isAt(image, source.topic(), source.partition(), source.offset()));
            if (image != null) {
                scoresByPicture.merge(
                        image.picture(),
                        new ScoreRange(score.score(), score.score()),
                        (known, one) -> known.with(one.lowest()));
            }
        } else if (answer.topic().equals(topics.deadLetters())) {
            deadLetters++;
            String id = header(answer, CloudEventHeaders.ID);
            PublishedImage image = published.get(id);
            settle(
                    answer,
                    id,
                    image != null
                            && !image.readable()
                            && isAt(
                                    image,
                                    header(answer, DeadLetter.TOPIC),
                                    Integer.parseInt(header(answer, DeadLetter.PARTITION)),
                                    Long.parseLong(header(answer, DeadLetter.OFFSET))));
        } else {
            throw new IllegalArgumentException("neither a score nor a dead letter: " + answer.topic());
        }
    }

    /** Whether every image has an answer. */
    public boolean balanced() {
        return answers.size() >= published.size();
    }

    public Account account() {
        int lost = 0;
        for (PublishedImage image : published.values()) {
            if (!answers.containsKey(image.id())) {
                lost++;
                example("no answer to " + image);
            }
        }
        int unequal = 0;
        for (Map.Entry<Integer, ScoreRange> picture : scoresByPicture.entrySet()) {
            ScoreRange range = picture.getValue();
            if (range.highest() - range.lowest() > SCORE_TOLERANCE) {
                unequal++;
                example("picture %d was scored %s".formatted(picture.getKey(), range));
            }
        }
        return new Account(
                published.size(),
                scored,
                deadLetters,
                lost,
                duplicated,
                wrong,
                outOfOrder,
                unequal,
                List.copyOf(examples));
    }

    /** How many images of each stream had to be scored. */
    public Map<String, Long> readableByStream() {
        return published.values().stream()
                .filter(PublishedImage::readable)
                .collect(Collectors.groupingBy(PublishedImage::stream, Collectors.counting()));
    }

    /** Fails unless every image was answered exactly once, rightly and in order. */
    public void verify() {
        Account account = account();
        long readable =
                published.values().stream().filter(PublishedImage::readable).count();
        assertThat(account)
                .isEqualTo(new Account(
                        published.size(),
                        (int) readable,
                        (int) (published.size() - readable),
                        0,
                        0,
                        0,
                        0,
                        0,
                        List.of()));
    }

    private void settle(ConsumerRecord<byte[], byte[]> answer, String id, boolean right) {
        PublishedImage image = published.get(id);
        if (!right || image == null || !image.stream().equals(new String(answer.key(), StandardCharsets.UTF_8))) {
            wrong++;
            example("%s is no answer to %s".formatted(place(answer), image == null ? "anything: " + id : image));
            return;
        }
        if (answers.merge(id, 1, Integer::sum) > 1) {
            duplicated++;
            example("%s answers once more %s".formatted(place(answer), image));
        }
        Long before = lastOffsets.put(answer.topic() + "/" + image.stream(), image.offset());
        if (before != null && image.offset() < before) {
            outOfOrder++;
            example("%s comes after the answer to offset %d: %s".formatted(place(answer), before, image));
        }
    }

    private boolean isAt(PublishedImage image, String topic, int partition, long offset) {
        return topic.equals(topics.images()) && partition == image.partition() && offset == image.offset();
    }

    private void example(String what) {
        if (examples.size() < EXAMPLES) {
            examples.add(what);
        }
    }

    private static String place(ConsumerRecord<?, ?> record) {
        return "%s-%d@%d".formatted(record.topic(), record.partition(), record.offset());
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
