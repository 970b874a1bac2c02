package io.afterimage.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.Rejection;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageEventTest {
    private static final byte[] PIXELS = {1, 2, 3};
    private static final long TIMESTAMP = 1_700_000_000_000L;
    private static final Instant RECORDED = Instant.ofEpochMilli(TIMESTAMP);

    @Test
    void readsACloudEvent() throws ImageRejectedException {
        var headers = new RecordHeaders()
                .add("ce_id", "frame-7".getBytes(UTF_8))
                .add("ce_time", "2026-03-01T12:00:00.5+02:00".getBytes(UTF_8))
                .add("content-type", "image/png".getBytes(UTF_8));

        ImageEvent event = ImageEvent.of(headers, "kamera-ü".getBytes(UTF_8), PIXELS, "in", 3, 42, TIMESTAMP);

        assertThat(event)
                .isEqualTo(new ImageEvent(
                        "kamera-ü",
                        "frame-7",
                        Instant.parse("2026-03-01T10:00:00.5Z"),
                        "image/png",
                        PIXELS,
                        "in",
                        3,
                        42));
    }

    @Test
    void needsNoHeaderAndNoKey() throws ImageRejectedException {
        assertThat(read(new RecordHeaders(), null, PIXELS))
                .isEqualTo(new ImageEvent("default", "in-3-42", RECORDED, null, PIXELS, "in", 3, 42));
        assertThat(read(new RecordHeaders(), new byte[0], PIXELS).stream()).isEqualTo("default");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-03-01",
                "2026-03-01T12:00:00",
                "+12026-03-01T12:00:00Z",
                "9999-12-31T23:59:59-18:00"
            })
    void takesTheRecordsTimestampForATimeThatIsNone(String time) throws ImageRejectedException {
        var headers = new RecordHeaders().add("ce_time", time.getBytes(UTF_8));
        assertThat(read(headers, null, PIXELS).time()).isEqualTo(RECORDED);
    }

    @ParameterizedTest
    @CsvSource({
        "-9223372036854775808, 1970-01-01T00:00:00Z",
        "9223372036854775807, 1970-01-01T00:00:00Z",
        "-1, 1970-01-01T00:00:00Z"
    })
    void survivesAnyTimestamp(long timestamp, String expected) throws ImageRejectedException {
        assertThat(ImageEvent.of(new RecordHeaders(), null, PIXELS, "in", 0, 0, timestamp)
                        .time())
                .isEqualTo(Instant.parse(expected));
    }

    @Test
    void namesAnImageByPositionWhenItsIdIsUnusable() throws ImageRejectedException {
        for (String id : new String[] {" ", "x".repeat(257), "a\nb"}) {
            var headers = new RecordHeaders().add("ce_id", id.getBytes(UTF_8));
            assertThat(read(headers, null, PIXELS).id()).isEqualTo("in-3-42");
        }
        var nothing = new RecordHeaders().add("ce_id", null);
        assertThat(read(nothing, null, PIXELS).id()).isEqualTo("in-3-42");
        var longest = new RecordHeaders().add("ce_id", "x".repeat(256).getBytes(UTF_8));
        assertThat(read(longest, null, PIXELS).id()).hasSize(256);
    }

    @Test
    void refusesAKeyThatIsNoStreamName() {
        assertThat(reason("x".repeat(257).getBytes(UTF_8), PIXELS)).isEqualTo(Rejection.INVALID_STREAM);
        assertThat(reason(new byte[] {(byte) 0xC3, 0x28}, PIXELS)).isEqualTo(Rejection.INVALID_STREAM);
        assertThat(reason(new byte[] {0, 0, 0, 7}, PIXELS)).isEqualTo(Rejection.INVALID_STREAM);
    }

    @Test
    void refusesAnEmptyValue() {
        assertThat(reason(null, null)).isEqualTo(Rejection.EMPTY);
        assertThat(reason(null, new byte[0])).isEqualTo(Rejection.EMPTY);
    }

    private static ImageEvent read(Headers headers, byte @Nullable [] key, byte @Nullable [] value)
            throws ImageRejectedException {
        return ImageEvent.of(headers, key, value, "in", 3, 42, TIMESTAMP);
    }

    private static Rejection reason(byte @Nullable [] key, byte @Nullable [] value) {
        return catchThrowableOfType(ImageRejectedException.class, () -> read(new RecordHeaders(), key, value))
                .reason();
    }

    @Test
    void aKeyNamesTheStreamOrNone() {
        assertThat(ImageEvent.streamOf("line-3".getBytes(UTF_8))).contains("line-3");
        assertThat(ImageEvent.streamOf(null)).contains(ImageEvent.DEFAULT_STREAM);
        assertThat(ImageEvent.streamOf(new byte[ImageEvent.MAX_STREAM_BYTES + 1]))
                .isEmpty();
        assertThat(ImageEvent.streamOf(new byte[] {(byte) 0xff})).isEmpty();
    }
}
