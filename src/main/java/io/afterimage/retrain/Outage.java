package io.afterimage.retrain;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brokers that do not answer: what waiting mends is waited out, however long it takes, with pauses that grow; anything else is
 * not. For one thread.
 */
final class Outage {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final InstantSource clock;
    private Duration pause = SHORTEST_PAUSE;
    private @Nullable Instant since;

    Outage(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether the brokers may answer when asked again: they are away, starting, or changing their leaders. */
    static boolean passes(KafkaException e) {
        return !isRefusal(e)
                && causes(e)
                        .anyMatch(cause ->
                                cause instanceof RetriableException || cause instanceof TransactionAbortableException);
    }

    /** Whether the brokers would refuse anything else as well, or the process is to end. */
    static boolean isRefusal(KafkaException e) {
        return causes(e)
                .anyMatch(cause -> cause instanceof AuthorizationException
                        || cause instanceof AuthenticationException
                        || cause instanceof UnsupportedVersionException
                        || cause instanceof InterruptException);
    }

    private static Stream<Throwable> causes(Throwable thrown) {
        return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause);
    }

    /**
     * The brokers failed.
     *
     * @return how long to wait before the next attempt
     * @throws KafkaException when no waiting mends it; the message says so
     */
    Duration failed(KafkaException e) {
        if (e instanceof InterruptException) {
            throw e;
        }
        if (!passes(e)) {
            throw new KafkaException("Kafka refuses, and waiting will not mend it: " + e.getMessage(), e);
        }
        if (since == null) {
            since = clock.instant();
            LOG.warn("Kafka does not answer; this is tried again until it does", e);
        }
        Duration now = pause;
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        return now;
    }

    /** The brokers answered. */
    void over() {
        if (since != null) {
            LOG.info(
                    "Kafka answers again, after {} s",
                    Duration.between(since, clock.instant()).toSeconds());
            since = null;
            pause = SHORTEST_PAUSE;
        }
    }

    /** When it began; empty while the brokers answer. */
    Optional<Instant> since() {
        return Optional.ofNullable(since);
    }
}
