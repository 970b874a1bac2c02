package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afterimage.image.Rejection;
import io.afterimage.stream.Topics;
import io.afterimage.wire.CloudEventHeaders;
import io.afterimage.wire.DeadLetter;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.EventType;
import io.afterimage.wire.ScoreEvent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each way to break the promise is found, and told apart from the others. */
class ExactlyOnceGuaranteeTest {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final PublishedImage FIRST = new PublishedImage("first", "left", 1, true, 2, 10);
    private static final PublishedImage SECOND = new PublishedImage("second", "left", 1, true, 2, 11);
    private static final PublishedImage UNREADABLE = new PublishedImage("text", "left", 2, false, 2, 12);

    private final ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(TOPICS);

    @BeforeEach
    void publish() {
        guarantee.published(FIRST);
        guarantee.published(SECOND);
        guarantee.published(UNREADABLE);
    }

    @Test
    void isKeptWhenEveryImageHasItsAnswer() {
        guarantee.consumed(score(FIRST, 0.5));
        guarantee.consumed(deadLetter(UNREADABLE));
        assertThat(guarantee.balanced()).isFalse();
        guarantee.consumed(score(SECOND, 0.500001));

        assertThat(guarantee.balanced()).isTrue();
        guarantee.verify();
    }

    @Test
    void aLostImageIsNamed() {
        guarantee.consumed(score(SECOND, 0.5));
        guarantee.consumed(deadLetter(UNREADABLE));

        assertThat(guarantee.account().lost()).isEqualTo(1);
        assertThatThrownBy(guarantee::verify).hasMessageContaining("no answer to PublishedImage[id=first");
    }

    @Test
    void aSecondAnswerIsADuplicate() {
        answerAll();
        guarantee.consumed(score(SECOND, 0.5));
        guarantee.consumed(deadLetter(UNREADABLE));

        assertThat(guarantee.account().duplicated()).isEqualTo(2);
        assertThat(guarantee.account().outOfOrder()).isZero();
        assertThatThrownBy(guarantee::verify).hasMessageContaining("answers once more");
    }

    @Test
    void anAnswerBehindALaterOneIsOutOfOrder() {
        guarantee.consumed(score(SECOND, 0.5));
        guarantee.consumed(score(FIRST, 0.5));
        guarantee.consumed(deadLetter(UNREADABLE));

        assertThat(guarantee.account().lost()).isZero();
        assertThat(guarantee.account().outOfOrder()).isEqualTo(1);
        assertThatThrownBy(guarantee::verify).isInstanceOf(AssertionError.class);
    }

    @Test
    void anAnswerThatNamesAnotherPlaceStreamOrKindIsWrong() {
        answerAll();
        guarantee.consumed(score(new PublishedImage("first", "left", 1, true, 3, 10), 0.5));
        guarantee.consumed(score(new PublishedImage("first", "left", 1, true, 2, 11), 0.5));
        guarantee.consumed(score(new PublishedImage("first", "right", 1, true, 2, 10), 0.5));
        guarantee.consumed(score(new PublishedImage("nobody", "left", 1, true, 2, 10), 0.5));
        guarantee.consumed(score(UNREADABLE, 0.5));
        guarantee.consumed(deadLetter(FIRST));

        assertThat(guarantee.account().wrong()).isEqualTo(6);
        assertThat(guarantee.account().duplicated()).isZero();
        assertThatThrownBy(guarantee::verify).hasMessageContaining("is no answer to");
    }

    @Test
    void equalPicturesMustScoreEqually() {
        guarantee.consumed(score(FIRST, 0.5));
        guarantee.consumed(score(SECOND, 0.5001));
        guarantee.consumed(deadLetter(UNREADABLE));

        assertThat(guarantee.account().unequal()).isEqualTo(1);
        assertThatThrownBy(guarantee::verify).hasMessageContaining("picture 1 was scored");
    }

    private void answerAll() {
        guarantee.consumed(score(FIRST, 0.5));
        guarantee.consumed(score(SECOND, 0.5));
        guarantee.consumed(deadLetter(UNREADABLE));
    }

    private static ConsumerRecord<byte[], byte[]> score(PublishedImage image, double score) {
        ScoreEvent event = new ScoreEvent(
                image.id(),
                image.stream(),
                new ScoreEvent.Source(TOPICS.images(), image.partition(), image.offset()),
                "2026-03-01T10:00:00Z",
                new ScoreEvent.Model("digits", "1"),
                score,
                Map.of(),
                0.5,
                0.01,
                "normal");
        Headers headers = new RecordHeaders();
        CloudEventHeaders.write(headers, EventType.SCORE, event);
        byte[] json = EventSerdes.score().serializer().serialize("", event);
        return record(TOPICS.scores(), image.stream(), json, headers);
    }

    private static ConsumerRecord<byte[], byte[]> deadLetter(PublishedImage image) {
        Headers headers = new RecordHeaders();
        headers.add(CloudEventHeaders.ID, image.id().getBytes(StandardCharsets.UTF_8));
        DeadLetter letter = DeadLetter.of(
                headers,
                image.stream().getBytes(StandardCharsets.UTF_8),
                new byte[] {1},
                TOPICS.images(),
                image.partition(),
                image.offset(),
                Rejection.UNKNOWN_FORMAT,
                "not an image",
                100);
        return record(TOPICS.deadLetters(), image.stream(), new byte[] {1}, letter.headers());
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, String stream, byte[] value, Headers headers) {
        byte[] key = stream.getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                topic,
                0,
                0,
                0,
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                headers,
                Optional.empty());
    }
}
