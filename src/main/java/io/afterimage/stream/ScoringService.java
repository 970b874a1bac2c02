package io.afterimage.stream;

import io.afterimage.config.Configuration;
import io.afterimage.config.ServiceSettings;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.ScoringModel;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
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

    private final KafkaStreams streams;
    private final LookAhead<Outcome> lookAhead;
    private final boolean staticMember;
    private final ThreadFailures threadFailures = new ThreadFailures();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    /**
     * @param deadLetterMaxBytes the most bytes of a record that the dead-letter topic takes
     * @throws IllegalArgumentException when the model's calibration sample is too small for the configured alpha
     */
    public ScoringService(
            Configuration configuration, ScoringModel model, int deadLetterMaxBytes, ScoringMetrics metrics) {
        ServiceSettings settings = configuration.service();
        ImageScorer scorer = new ImageScorer(
                model,
                settings.alpha(),
                new ImageScorer.Publications(settings.reconstructions(), settings.heatmaps(), settings.embeddings()),
                new ImageDecoder(new ImageLimits(settings.imageMaxBytes(), settings.imageMaxPixels())),
                metrics);
        Topics topics = new Topics(settings.topicsPrefix());
        lookAhead = new LookAhead<>(
                topics.images(),
                settings.batchSize(),
                settings.inferenceThreads(),
                settings.inferenceTimeout(),
                scorer::score,
                metrics);
        Properties properties = StreamsProperties.of(configuration, lookAhead);
        staticMember = properties.keySet().stream()
                .anyMatch(key -> key.toString().endsWith(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
        int fitting = Math.min(deadLetterMaxBytes, StreamsProperties.mostRequestBytes(properties));
        streams = new KafkaStreams(ScoringTopology.of(topics, lookAhead, fitting, metrics), properties);
        streams.setUncaughtExceptionHandler(this::onUncaught);
        streams.setStateListener((now, before) -> LOG.info("Streams are {}", now));
        metrics.model(model.manifest().name(), model.manifest().version());
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

    private StreamThreadExceptionResponse onUncaught(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && !(cause instanceof InferenceStuckException)) {
            cause = cause.getCause();
        }
        if (cause instanceof InferenceStuckException
                || cause instanceof Error
                || threadFailures.tooMany(System.nanoTime())) {
            LOG.error("The service ends: what failed would fail again", thrown);
            failure.complete(cause);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOG.error("A stream thread failed and is replaced; its images are read again", thrown);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
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
        if (!streams.close(CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(membership))) {
            LOG.warn("Streams did not stop within {}", CLOSE_TIMEOUT);
        }
        lookAhead.close();
    }
}
