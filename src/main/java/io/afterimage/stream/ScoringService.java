package io.afterimage.stream;

import io.afterimage.config.Configuration;
import io.afterimage.config.ServiceSettings;
import io.afterimage.metrics.ScoringMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running service: topology, look-ahead and Kafka Streams, started and stopped together. It ends by {@link #close} or by a
 * failure that waiting does not mend, which {@link #failure} reports.
 */
public final class ScoringService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScoringService.class);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    /** For a service that cannot go on: what it would wait for may never come, and others wait for its partitions. */
    private static final Duration CLOSE_BROKEN_TIMEOUT = Duration.ofSeconds(2);

    private final KafkaStreams streams;
    private final LookAhead<Outcome> lookAhead;
    private final boolean staticMember;
    private final ThreadFailures threadFailures = new ThreadFailures();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    /** How records become outcomes: in batches ahead of their turn, or each alone when its turn comes. */
    public enum Batching {
        LOOK_AHEAD,
        /** What one would write first; kept to be measured against. */
        ONE_BY_ONE
    }

    /**
     * @param computation one outcome per record, in order; called on inference threads
     * @param deadLetterMaxBytes the most bytes a record of the dead-letter topic may have
     * @param catchUp called on a stream thread that takes over a partition; returns when the computation's model is as new as any
     *     that another instance has used for it, so that versions never go back
     * @param generator answers requests for new pictures; without one they are not read
     */
    public ScoringService(
            Configuration configuration,
            Function<List<ConsumerRecord<byte[], byte[]>>, List<Outcome>> computation,
            Batching batching,
            int deadLetterMaxBytes,
            ScoringMetrics metrics,
            Runnable catchUp,
            Optional<PictureGenerator> generator) {
        ServiceSettings settings = configuration.service();
        Topics topics = new Topics(settings.topicsPrefix());
        lookAhead = new LookAhead<>(
                topics.images(),
                settings.batchSize(),
                settings.inferenceThreads(),
                settings.inferenceTimeout(),
                computation,
                metrics);
        Properties properties = StreamsProperties.of(configuration);
        if (batching == Batching.LOOK_AHEAD) {
            LookAheadInterceptor.install(properties, lookAhead);
        }
        staticMember = properties.keySet().stream()
                .anyMatch(key -> key.toString().endsWith(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
        int deadLetterRoom = Math.min(deadLetterMaxBytes, StreamsProperties.mostRequestBytes(properties));
        Topology topology = ScoringTopology.of(topics, lookAhead, deadLetterRoom, metrics, catchUp);
        generator.ifPresent(answering -> ScoringTopology.withGeneration(
                topology, topics, () -> new AnswerRequest(answering, deadLetterRoom, metrics, catchUp)));
        streams = new KafkaStreams(topology, properties);
        streams.setUncaughtExceptionHandler(this::onUncaught);
        streams.setStateListener((now, before) -> LOG.info("Streams are {}", now));
    }

    /** The largest record that a service sends, whatever a topic takes. */
    public static int mostRequestBytes(Configuration configuration) {
        return StreamsProperties.mostRequestBytes(StreamsProperties.of(configuration));
    }

    public void start() {
        streams.start();
    }

    /** The Kafka Streams client, for its metrics and state stores. */
    public KafkaStreams streams() {
        return streams;
    }

    /** Completed with the cause when the service has ended by itself and must be started anew. */
    public CompletionStage<Throwable> failure() {
        return failure;
    }

    /** Why the service does not score at the moment; empty when it does. */
    public Optional<String> notReady() {
        KafkaStreams.State state = streams.state();
        return state == KafkaStreams.State.RUNNING ? Optional.empty() : Optional.of("streams are " + state);
    }

    /** Why the service will never score again; empty while there is hope. */
    public Optional<String> broken() {
        Throwable cause = failure.getNow(null);
        if (cause != null) {
            return Optional.of(String.valueOf(cause.getMessage()));
        }
        return streams.state() == KafkaStreams.State.ERROR ? Optional.of("streams are in ERROR") : Optional.empty();
    }

    /** Ends the service for a cause that it does not see itself: from now on it is broken. */
    public void fail(Throwable cause) {
        if (failure.complete(cause)) {
            LOG.error("The service ends", cause);
        }
    }

    private StreamThreadExceptionResponse onUncaught(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && !(cause instanceof InferenceStuckException)) {
            cause = cause.getCause();
        }
        if (cause instanceof InferenceStuckException
                || cause instanceof Error
                || stateFailed(thrown, cause)
                || threadFailures.tooMany(System.nanoTime())) {
            LOG.error("The service ends: what failed would fail again", thrown);
            failure.complete(cause);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOG.error("A stream thread failed and is replaced; its images are read again", thrown);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /**
     * A disk that is full or broken is not mended by another thread, which would only take partitions from instances that can
     * work. What went wrong between here and the brokers may well pass.
     */
    private static boolean stateFailed(Throwable thrown, Throwable root) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .anyMatch(cause -> cause instanceof ProcessorStateException
                        && (cause == root || !(root instanceof KafkaException)));
    }

    /**
     * Finishes the image at hand, commits and leaves the group, so that others go on with its partitions at once; then stops
     * inference. A static member ({@code group.instance.id}) stays in the group: it means to come back.
     */
    @Override
    public void close() {
        CloseOptions.GroupMembershipOperation membership = staticMember
                ? CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP
                : CloseOptions.GroupMembershipOperation.LEAVE_GROUP;
        Duration timeout = failure.isDone() ? CLOSE_BROKEN_TIMEOUT : CLOSE_TIMEOUT;
        if (!streams.close(CloseOptions.timeout(timeout).withGroupMembershipOperation(membership))) {
            LOG.warn("Streams did not stop within {}", timeout);
        }
        lookAhead.close();
    }
}
