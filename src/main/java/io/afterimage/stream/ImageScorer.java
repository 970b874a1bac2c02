package io.afterimage.stream;

import io.afterimage.config.PublishPolicy;
import io.afterimage.config.ServiceSettings;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.PngEncoder;
import io.afterimage.image.Raster;
import io.afterimage.image.Rejection;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Analysis;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.Calibration;
import io.afterimage.score.Part;
import io.afterimage.score.ScoreRecipe;
import io.afterimage.wire.EmbeddingEvent;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ImageEvent;
import io.afterimage.wire.ScoreEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From records to outcomes: decode, one pass through the model for all images that could be decoded, verdicts, pictures. The
 * same code serves the stream, a record alone and the offline command, so their numbers agree. Thread-safe.
 */
public final class ImageScorer {
    private static final Logger LOG = LoggerFactory.getLogger(ImageScorer.class);

    private final CurrentModel models;
    private final ShadowScorer shadows;
    private final double alpha;
    private final Publications publications;
    private final ScoringMetrics metrics;
    private final ImageDecoder decoder;
    private final PngEncoder png = new PngEncoder();
    private final Serializer<ScoreEvent> scores = EventSerdes.score().serializer();
    private final Serializer<EmbeddingEvent> embeddings =
            EventSerdes.embedding().serializer();

    /** For which images pictures and vectors are published beside the score. */
    public record Publications(PublishPolicy reconstructions, PublishPolicy heatmaps, PublishPolicy embeddings) {
        public static final Publications NONE =
                new Publications(new PublishPolicy.None(), new PublishPolicy.None(), new PublishPolicy.None());
    }

    /** An image that was decoded, and where its record and its pixels are. */
    record Decoded(ImageEvent event, int index) {}

    /**
     * @param models each batch is scored with the model that is current when it begins
     * @param challenger scores along, if there is one; no verdict depends on it
     * @param alpha the false-alarm rate asked for; every model's calibration sample must support it
     */
    public ImageScorer(
            CurrentModel models,
            Challenger challenger,
            double alpha,
            Publications publications,
            ImageDecoder decoder,
            ScoringMetrics metrics) {
        this.models = models;
        this.shadows = new ShadowScorer(challenger, alpha, metrics);
        this.alpha = alpha;
        this.publications = publications;
        this.decoder = decoder;
        this.metrics = metrics;
    }

    /** As the settings say. */
    public static ImageScorer of(
            ServiceSettings settings, CurrentModel models, Challenger challenger, ScoringMetrics metrics) {
        return new ImageScorer(
                models,
                challenger,
                settings.alpha(),
                new Publications(settings.reconstructions(), settings.heatmaps(), settings.embeddings()),
                new ImageDecoder(new ImageLimits(settings.imageMaxBytes(), settings.imageMaxPixels())),
                metrics);
    }

    /** One outcome per record, in order. Never throws for what a record contains. */
    public List<Outcome> score(List<ConsumerRecord<byte[], byte[]>> records) {
        try (CurrentModel.Lease lease = models.lease();
                ShadowScorer.Batch shadow = shadows.begin(lease.model(), records.size())) {
            return score(records, lease, shadow);
        }
    }

    private List<Outcome> score(
            List<ConsumerRecord<byte[], byte[]>> records, CurrentModel.Lease lease, ShadowScorer.Batch shadow) {
        InputShape shape = lease.model().shape();
        float[] pixels = new float[records.size() * shape.size()];
        List<Decoded> decoded = new ArrayList<>(records.size());
        Outcome[] outcomes = new Outcome[records.size()];
        long start = System.nanoTime();
        for (int i = 0; i < outcomes.length; i++) {
            try {
                ImageEvent event = ImageEvent.of(records.get(i));
                metrics.received(event.bytes().length);
                Raster raster = decoder.decode(event.bytes(), event.contentType());
                InputTensor.write(raster, shape, pixels, decoded.size() * shape.size());
                shadow.add(raster, decoded.size());
                decoded.add(new Decoded(event, i));
            } catch (ImageRejectedException e) {
                outcomes[i] = new Outcome.Rejected(e.reason(), e.getMessage());
            }
        }
        metrics.decoded(System.nanoTime() - start);
        if (!decoded.isEmpty()) {
            scoreDecoded(lease, pixels, decoded, outcomes);
            shadow.score(pixels, decoded, outcomes);
        }
        return List.of(outcomes);
    }

    /** When a pass fails, tries again in halves, so that an image that breaks it costs nobody but itself. */
    private void scoreDecoded(CurrentModel.Lease lease, float[] pixels, List<Decoded> decoded, Outcome[] outcomes) {
        ScoringModel model = lease.model();
        List<Analysis> analyses;
        long start = System.nanoTime();
        try {
            analyses = model.analyse(pixels, decoded.size());
        } catch (RuntimeException e) {
            LOG.warn("A forward pass of {} images failed", decoded.size(), e);
            if (decoded.size() == 1) {
                outcomes[decoded.get(0).index()] =
                        new Outcome.Rejected(Rejection.SCORING_FAILED, "the model failed: " + e.getMessage());
                return;
            }
            int middle = decoded.size() / 2;
            int size = model.shape().size();
            float[] rest = java.util.Arrays.copyOfRange(pixels, middle * size, decoded.size() * size);
            scoreDecoded(lease, pixels, decoded.subList(0, middle), outcomes);
            scoreDecoded(lease, rest, decoded.subList(middle, decoded.size()), outcomes);
            return;
        }
        metrics.inferred(decoded.size(), System.nanoTime() - start);
        for (int i = 0; i < analyses.size(); i++) {
            outcomes[decoded.get(i).index()] = outcome(lease, decoded.get(i).event(), analyses.get(i));
        }
    }

    private Outcome outcome(CurrentModel.Lease lease, ImageEvent event, Analysis analysis) {
        if (!Double.isFinite(analysis.score())) {
            return new Outcome.Rejected(Rejection.SCORING_FAILED, "the score is not a finite number");
        }
        ScoringModel model = lease.model();
        boolean anomalous = analysis.pValue() <= alpha;
        ScoreEvent score = new ScoreEvent(
                event.id(),
                event.stream(),
                new ScoreEvent.Source(event.topic(), event.partition(), event.offset()),
                event.time().toString(),
                new ScoreEvent.Model(model.manifest().name(), model.manifest().version()),
                analysis.score(),
                parts(model.recipe(), analysis),
                analysis.pValue(),
                alpha,
                Calibration.verdict(analysis.pValue(), alpha).label());
        InputShape shape = model.shape();
        return new Outcome.Scored(
                score,
                scores.serialize("", score),
                publications.reconstructions().selects(event.id(), anomalous)
                        ? png.encode(InputTensor.read(analysis.reconstruction(), 0, shape))
                        : null,
                publications.heatmaps().selects(event.id(), anomalous)
                        ? png.encode(InputTensor.read(
                                analysis.residual(), 0, new InputShape(1, shape.height(), shape.width())))
                        : null,
                publications.embeddings().selects(event.id(), anomalous) ? embedding(score, analysis) : null,
                null,
                lease.generation());
    }

    private byte @Nullable [] embedding(ScoreEvent score, Analysis analysis) {
        return embeddings.serialize(
                "",
                new EmbeddingEvent(
                        score.id(), score.stream(), score.source(), score.time(), score.model(), analysis.latent()));
    }

    private static Map<String, Double> parts(ScoreRecipe recipe, Analysis analysis) {
        Map<String, Double> named = new LinkedHashMap<>();
        List<Part> parts = recipe.parts();
        for (int k = 0; k < parts.size(); k++) {
            named.put(parts.get(k).label(), analysis.parts()[k]);
        }
        return named;
    }
}
