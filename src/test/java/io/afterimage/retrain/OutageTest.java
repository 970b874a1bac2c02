package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutageTest {
    private Instant now = Instant.EPOCH;
    private final Outage outage = new Outage(() -> now);

    static Stream<KafkaException> passing() {
        return Stream.of(
                new TimeoutException("no answer"),
                new DisconnectException("gone"),
                new NotLeaderOrFollowerException("moving"),
                new KafkaException("poll failed", new TimeoutException("no answer")));
    }

    static Stream<KafkaException> lasting() {
        return Stream.of(
                new TopicAuthorizationException("not yours"),
                new SaslAuthenticationException("who are you"),
                new UnsupportedVersionException("too old"),
                new RecordTooLargeException("too large"),
                new KafkaException("poll failed", new TopicAuthorizationException("not yours")),
                new KafkaException("nobody knows what"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void whatPassesIsWaitedOut(KafkaException e) {
        assertThat(outage.failed(e)).isPositive();
        assertThat(outage.since()).contains(Instant.EPOCH);
    }

    @ParameterizedTest
    @MethodSource("lasting")
    void whatWaitingDoesNotMendEndsIt(KafkaException e) {
        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> outage.failed(e))
                .withMessageContaining("waiting will not mend it: " + e.getMessage())
                .withCause(e);
    }

    @Test
    void pausesGrowToABoundAndBeginAnewAfterwards() {
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pauses.add(outage.failed(new TimeoutException("no answer")));
            now = now.plusSeconds(10);
        }
        assertThat(pauses).isSorted().startsWith(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(pauses).last().isEqualTo(Duration.ofSeconds(15));
        assertThat(outage.since()).contains(Instant.EPOCH);

        outage.over();
        assertThat(outage.since()).isEmpty();
        assertThat(outage.failed(new TimeoutException("again"))).isEqualTo(Duration.ofMillis(500));
        assertThat(outage.since()).contains(now);
    }
}
