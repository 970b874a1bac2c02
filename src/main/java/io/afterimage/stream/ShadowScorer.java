package io.afterimage.stream;

import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.Raster;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Analysis;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.Calibration;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.EventType;
import io.afterimage.wire.ScoreEvent;
import io.afterimage.wire.ShadowScoreEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the challenger score what the champion has scored. What fails here costs shadow scores and nothing else; a batch that
 * fails is not tried again in parts, because its champion's verdicts are waiting. Thread-safe.
 */
final class ShadowScorer {
    private static final Logger LOG = LoggerFactory.getLogger(ShadowScorer.class);

    private final Challenger challenger;
    private final double alpha;
    private final ScoringMetrics metrics;
    private final Serializer<ShadowScoreEvent> shadowScores =
            EventSerdes.shadowScore().serializer();
    private final AtomicBoolean failing = new AtomicBoolean();

    ShadowScorer(Challenger challenger, double alpha, ScoringMetrics metrics) {
        this.challenger = challenger;
        this.alpha = alpha;
        this.metrics = metrics;
    }

    /**
     * Begins a batch with the challenger of the moment, which stays open until the batch is closed. A version that has become
     * the champion itself is not compared with itself.
     *
     * @param images at most in the batch
     */
    Batch begin(ScoringModel champion, int images) {
        String version = champion.manifest().version();
        Optional<CurrentModel.Lease<ScoringModel>> lease = challenger.lease();
        if (lease.filter(held -> held.model().manifest().version().equals(version))
                .isPresent()) {
            lease.get().close();
            lease = Optional.empty();
        }
        return new Batch(lease, champion.shape(), images);
    }

    /** The images of one batch. For one thread. */
    final class Batch implements AutoCloseable {
        private final Optional<CurrentModel.Lease<ScoringModel>> lease;
        private final boolean resamples;
        private final int images;
        private float[] resampled = new float[0];
        private @Nullable RuntimeException failure;

        private Batch(Optional<CurrentModel.Lease<ScoringModel>> lease, InputShape champion, int images) {
            this.lease = lease;
            this.resamples =
                    lease.map(held -> !held.model().shape().equals(champion)).orElse(false);
            this.images = images;
        }

        /** Reads an image for a challenger that takes another shape than the champion: from the original, not from its copy. */
        void add(Raster raster, int position) {
            if (!resamples || failure != null) {
                return;
            }
            InputShape shape = lease.orElseThrow().model().shape();
            try {
                if (resampled.length == 0) {
                    resampled = new float[Math.multiplyExact(images, shape.size())];
                }
                InputTensor.write(raster, shape, resampled, position * shape.size());
            } catch (RuntimeException e) {
                failure = e;
            }
        }

        /**
         * Adds shadow scores to the outcomes.
         *
         * @param pixels as the champion saw them, in the order of {@code decoded}
         */
        void score(float[] pixels, List<ImageScorer.Decoded> decoded, Outcome[] outcomes) {
            if (lease.isEmpty()) {
                return;
            }
            ScoringModel model = lease.get().model();
            List<Analysis> analyses;
            try {
                if (failure != null) {
                    throw failure;
                }
                analyses = model.analyse(resamples ? resampled : pixels, decoded.size());
            } catch (RuntimeException e) {
                failed(model.manifest(), decoded.size(), e);
                return;
            }
            boolean complete = true;
            for (int i = 0; i < analyses.size(); i++) {
                int index = decoded.get(i).index();
                if (outcomes[index] instanceof Outcome.Scored scored) {
                    try {
                        byte[] json = json(scored.score(), model.manifest(), analyses.get(i));
                        outcomes[index] = scored.with(new Outcome.Product(
                                EventType.SHADOW_SCORE, scored.score().model(), json));
                    } catch (IllegalArgumentException e) {
                        complete = false;
                        failed(model.manifest(), 1, e);
                    }
                }
            }
            if (complete && failing.compareAndSet(true, false)) {
                LOG.info("The challenger {} scores again", model.manifest().version());
            }
        }

        @Override
        public void close() {
            lease.ifPresent(CurrentModel.Lease::close);
        }
    }

    /** @throws IllegalArgumentException when the challenger's score is not a finite number */
    private byte[] json(ScoreEvent score, ModelManifest manifest, Analysis analysis) {
        return shadowScores.serialize(
                "",
                ShadowScoreEvent.of(
                        score,
                        new ShadowScoreEvent.ModelScore(
                                manifest.name(),
                                manifest.version(),
                                analysis.score(),
                                analysis.pValue(),
                                Calibration.verdict(analysis.pValue(), alpha).label())));
    }

    private void failed(ModelManifest manifest, int images, RuntimeException cause) {
        metrics.challengerFailed(images);
        if (failing.compareAndSet(false, true)) {
            LOG.warn(
                    "The challenger {} failed on {} images, which have no shadow score; no more is said until it succeeds",
                    manifest.version(),
                    images,
                    cause);
        }
    }
}
