package io.afterimage.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.Rejection;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static final byte[] KEY = {1, 2};
    private static final byte[] VALUE = "not an image".getBytes(UTF_8);

    @Test
    void keepsTheRecordAndSaysWhy() {
        var original = new RecordHeaders()
                .add("ce_id", "frame-7".getBytes(UTF_8))
                .add("trace", null)
                .add("trace", "b".getBytes(UTF_8));

        DeadLetter letter = DeadLetter.of(original, KEY, VALUE, "in", 3, 42, Rejection.UNKNOWN_FORMAT, "text", 1000);

        assertThat(letter.key()).isSameAs(KEY);
        assertThat(letter.value()).isSameAs(VALUE);
        assertThat(texts(letter.headers()))
                .containsExactly(
                        "ce_id=frame-7",
                        "trace=null",
                        "trace=b",
                        "afterimage-reason=unknown-format",
                        "afterimage-message=text",
                        "afterimage-topic=in",
                        "afterimage-partition=3",
                        "afterimage-offset=42");
        assertThat(original).hasSize(3);
    }

    @Test
    void cutsWhatABrokerWouldRefuseAndSaysSo() {
        DeadLetter letter = DeadLetter.of(
                new RecordHeaders(), KEY, VALUE, "in", 0, 0, Rejection.TOO_MANY_BYTES, "m".repeat(5000), 5);

        assertThat(letter.value()).isEqualTo("not".getBytes(UTF_8));
        assertThat(texts(letter.headers())).contains("afterimage-truncated=12");
        assertThat(letter.headers().lastHeader("afterimage-message").value()).hasSize(1000);
        assertThat(letter.headers()).extracting("key").containsExactlyElementsOf(DeadLetter.written());
    }

    @Test
    void leavesOutHeadersThatDoNotFitAndCutsAKeyThatDoesNot() {
        var original = new RecordHeaders()
                .add("large", new byte[1000])
                .add("ce_id", "frame-7".getBytes(UTF_8))
                .add("also-large", new byte[1000]);

        DeadLetter letter =
                DeadLetter.of(original, new byte[2000], new byte[1000], "in", 0, 0, Rejection.INVALID_STREAM, "", 500);

        assertThat(letter.key()).hasSize(256);
        assertThat(letter.headers()).first().isEqualTo(original.toArray()[1]);
        assertThat(texts(letter.headers())).hasSize(7).contains("afterimage-truncated=1000");
        assertThat(letter.value()).hasSizeBetween(150, 500 - 256 - "ce_idframe-7".length());
    }

    @Test
    void aTombstoneWithHeadersThatDoNotFitSaysSo() {
        var original = new RecordHeaders().add("large", new byte[1000]);

        DeadLetter letter = DeadLetter.of(original, null, null, "in", 0, 0, Rejection.EMPTY, "", 500);

        assertThat(letter.value()).isNull();
        assertThat(texts(letter.headers())).hasSize(6).contains("afterimage-truncated=0");
    }

    @Test
    void replacesTheReasonOfAnEarlierDeath() {
        DeadLetter first = DeadLetter.of(new RecordHeaders(), KEY, VALUE, "in", 0, 0, Rejection.UNREADABLE, "first", 5);
        DeadLetter second = DeadLetter.of(
                first.headers(), KEY, first.value(), "in", 0, 9, Rejection.SCORING_FAILED, "second", 1000);

        assertThat(texts(second.headers()))
                .containsExactly(
                        "afterimage-reason=scoring-failed",
                        "afterimage-message=second",
                        "afterimage-topic=in",
                        "afterimage-partition=0",
                        "afterimage-offset=9");
    }

    @Test
    void keepsATombstone() {
        assertThat(DeadLetter.of(new RecordHeaders(), KEY, null, "in", 0, 0, Rejection.EMPTY, "", 3)
                        .value())
                .isNull();
    }

    private static List<String> texts(Headers headers) {
        var texts = new ArrayList<String>();
        headers.forEach(header ->
                texts.add(header.key() + "=" + (header.value() == null ? "null" : new String(header.value(), UTF_8))));
        return texts;
    }
}
