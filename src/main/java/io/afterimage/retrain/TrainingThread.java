package io.afterimage.retrain;

import io.afterimage.config.RetrainSettings;
import io.afterimage.image.ImageDecoder;
import io.afterimage.metrics.RetrainMetrics;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.train.ModelTrainer;
import io.afterimage.train.TrainingDeadline;
import io.afterimage.train.TrainingStep;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs rounds of training one after another on a thread of its own, as the settings say. */
final class TrainingThread implements AutoCloseable {
    /** The same window gives the same model. */
    private static final long SEED = 42;
    /** A warm start takes this part of the epochs. */
    private static final int WARM_SHARE = 3;

    private static final int MOST_MEMORY = 6_000;
    private static final Logger LOG = LoggerFactory.getLogger(TrainingThread.class);

    private final RetrainSettings settings;
    private final double alpha;
    private final Optional<GoldenSet> golden;
    private final ImageDecoder decoder;
    private final RetrainMetrics metrics;
    private final Clock clock;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "afterimage-learning");
        made.setDaemon(true);
        return made;
    });

    TrainingThread(
            RetrainSettings settings,
            double alpha,
            Optional<GoldenSet> golden,
            ImageDecoder decoder,
            RetrainMetrics metrics,
            Clock clock) {
        this.settings = settings;
        this.alpha = alpha;
        this.golden = golden;
        this.decoder = decoder;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Begins a round.
     *
     * @param images to learn from, oldest first, at least one
     * @param anomalous share of anomalies to expect, when the scores of {@code base} cannot tell what is normal now
     */
    CompletableFuture<Round.Result> begin(List<WindowImage> images, ModelArtifact base, Optional<Double> anomalous) {
        TrainingDeadline deadline = new TrainingDeadline(clock, settings.timeLimit(), this::progress);
        return CompletableFuture.supplyAsync(() -> learn(images, base, anomalous, deadline), thread);
    }

    private Round.Result learn(
            List<WindowImage> images, ModelArtifact base, Optional<Double> anomalous, TrainingDeadline deadline) {
        Round round = new Round(
                decoder,
                new CandidateTraining(new ModelTrainer(clock), plan(images)),
                new PromotionGate(alpha, Margins.DEFAULT, SEED),
                golden);
        try (ScoringModel model = ScoringModel.load(base)) {
            Reference reference = anomalous
                    .<Reference>map(Reference.NewNormal::new)
                    .orElseGet(() -> new Reference.Current(model, alpha));
            return round.run(images, base, reference, deadline);
        } catch (ModelRejectedException e) {
            throw new CompletionException(e);
        }
    }

    private CandidateTraining.Plan plan(List<WindowImage> images) {
        long streams = images.stream().map(WindowImage::stream).distinct().count();
        return new CandidateTraining.Plan(
                settings.trim(),
                settings.epochs(),
                Math.max(1, settings.epochs() / WARM_SHARE),
                Math.min(MOST_MEMORY, images.size()),
                SEED,
                "afterimage retrain",
                "%d images of %d streams, %s to %s"
                        .formatted(
                                images.size(),
                                streams,
                                Instant.ofEpochMilli(images.get(0).timestamp()),
                                Instant.ofEpochMilli(
                                        images.get(images.size() - 1).timestamp())));
    }

    private void progress(TrainingStep step) {
        metrics.progress((double) step.step() / step.steps());
        if (step.step() % Math.max(1, step.steps() / 10) == 0) {
            LOG.info("Learning: step {} of {}, loss {}", step.step(), step.steps(), step.loss());
        }
    }

    /** Gives up a round under way. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
