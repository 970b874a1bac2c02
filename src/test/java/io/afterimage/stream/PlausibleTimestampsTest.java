package io.afterimage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlausibleTimestampsTest {
    private static final Clock AT_1000 = Clock.fixed(Instant.ofEpochMilli(1000), ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource({
        "-9223372036854775808, 0",
        "-1, 0",
        "0, 0",
        "999, 999",
        "1000, 1000",
        "1001, 1000",
        "9223372036854775807, 1000"
    })
    void areNeitherNegativeNorFromTheFuture(long timestamp, long plausible) {
        ConsumerRecord<Object, Object> record = new ConsumerRecord<>(
                "images",
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                "key",
                "value",
                new RecordHeaders(),
                Optional.empty());

        assertThat(new PlausibleTimestamps(AT_1000).extract(record, 500)).isEqualTo(plausible);
    }
}
