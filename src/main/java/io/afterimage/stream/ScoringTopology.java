package io.afterimage.stream;

import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.wire.EventType;
import java.time.Duration;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;

/**
 * The whole service on one screen. Start here.
 *
 * <pre>
 *   images ──► ScoreImage ──┬─► scores           every image
 *                 ▲         ├─► anomalies        verdict anomalous
 *                 │         ├─► reconstructions  by policy
 *             LookAhead     ├─► heatmaps         by policy
 *      (batches on other    ├─► upscaled         by policy, with a model for it
 *             threads)      ├─► embeddings       by policy
 *                           ├─► shadow scores    while a challenger scores along
 *                           └─► dead letters     what could not be scored
 *
 *   generate requests ──► AnswerRequest ──┬─► generated     with a model for it
 *                                         └─► dead letters  what could not be answered
 * </pre>
 *
 * An image's way: {@link LookAheadInterceptor} sees its poll; {@link LookAhead} puts it into a batch; {@link ImageScorer} decodes
 * and scores the batch; {@link ScoreImage} takes the outcome when the image's turn comes and forwards it. Everything that one
 * image causes is in one transaction with its offset.
 */
final class ScoringTopology {
    static final String IMAGES = "images";
    static final String SCORE_IMAGE = "score-image";
    static final String SCORES = "scores";
    static final String ANOMALIES = "anomalies";
    static final String RECONSTRUCTIONS = "reconstructions";
    static final String HEATMAPS = "heatmaps";
    static final String UPSCALED = "upscaled";
    static final String EMBEDDINGS = "embeddings";
    static final String DEAD_LETTERS = "dead-letters";
    static final String SHADOW_SCORES = "shadow-scores";

    static final String GENERATE_REQUESTS = "generate-requests";
    static final String ANSWER_REQUEST = "answer-request";
    static final String GENERATED = "generated";
    /** A sink of its own for the same topic of dead letters: sharing one would tie requests to partitions of images. */
    static final String REFUSED_REQUESTS = "refused-requests";

    /** The window store of {@link StreamMinute} by stream: one window per minute. */
    static final String MINUTES = "minutes";

    private static final Duration MINUTES_KEPT = Duration.ofDays(1);

    private ScoringTopology() {}

    /** Where events of a kind leave. */
    static String sink(EventType type) {
        return switch (type) {
            case SCORE -> SCORES;
            case ANOMALY -> ANOMALIES;
            case RECONSTRUCTION -> RECONSTRUCTIONS;
            case HEATMAP -> HEATMAPS;
            case UPSCALED -> UPSCALED;
            case EMBEDDING, EMBEDDING_VECTOR -> EMBEDDINGS;
            case SHADOW_SCORE -> SHADOW_SCORES;
        };
    }

    static Topology of(
            Topics topics,
            LookAhead<Outcome> lookAhead,
            int deadLetterMaxBytes,
            ScoringMetrics metrics,
            Runnable catchUp) {
        return of(topics, () -> new ScoreImage(lookAhead, deadLetterMaxBytes, metrics, catchUp));
    }

    /** Adds what answers requests for new pictures; it shares nothing with the scoring but the threads. */
    static Topology withGeneration(
            Topology scoring, Topics topics, ProcessorSupplier<byte[], byte[], byte[], byte[]> answerRequest) {
        ByteArrayDeserializer in = new ByteArrayDeserializer();
        ByteArraySerializer out = new ByteArraySerializer();
        return scoring.addSource(GENERATE_REQUESTS, in, in, topics.generateRequests())
                .addProcessor(ANSWER_REQUEST, answerRequest, GENERATE_REQUESTS)
                .addSink(GENERATED, topics.generated(), out, out, ANSWER_REQUEST)
                .addSink(REFUSED_REQUESTS, topics.deadLetters(), out, out, ANSWER_REQUEST);
    }

    static Topology of(Topics topics, ProcessorSupplier<byte[], byte[], byte[], byte[]> scoreImage) {
        ByteArrayDeserializer in = new ByteArrayDeserializer();
        ByteArraySerializer out = new ByteArraySerializer();
        return new Topology()
                .addSource(IMAGES, in, in, topics.images())
                .addProcessor(SCORE_IMAGE, scoreImage, IMAGES)
                .addStateStore(
                        Stores.windowStoreBuilder(
                                        Stores.persistentWindowStore(
                                                MINUTES, MINUTES_KEPT, Duration.ofMinutes(1), false),
                                        Serdes.String(),
                                        StreamMinute.serde())
                                .withCachingEnabled(),
                        SCORE_IMAGE)
                .addSink(SCORES, topics.scores(), out, out, SCORE_IMAGE)
                .addSink(ANOMALIES, topics.anomalies(), out, out, SCORE_IMAGE)
                .addSink(RECONSTRUCTIONS, topics.reconstructions(), out, out, SCORE_IMAGE)
                .addSink(HEATMAPS, topics.heatmaps(), out, out, SCORE_IMAGE)
                .addSink(UPSCALED, topics.upscaled(), out, out, SCORE_IMAGE)
                .addSink(EMBEDDINGS, topics.embeddings(), out, out, SCORE_IMAGE)
                .addSink(DEAD_LETTERS, topics.deadLetters(), out, out, SCORE_IMAGE)
                .addSink(SHADOW_SCORES, topics.shadowScores(), out, out, SCORE_IMAGE);
    }
}
