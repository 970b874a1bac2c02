package io.afterimage.stream;

import io.afterimage.config.EmbeddingFormat;
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
import io.afterimage.wire.EventType;
import io.afterimage.wire.ImageEvent;
import io.afterimage.wire.ScoreEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From records to outcomes: decode, one pass through the model for all images that could be decoded, verdicts, pictures. The
 * same code serves the stream, a record alone and the offline command, so their numbers agree. Thread-safe.
 */
public final class ImageScorer {
    private static final Logger LOG = LoggerFactory.getLogger(ImageScorer.class);

    private final CurrentModel<ScoringModel> models;
    private final ShadowScorer shadows;
    private final PictureTasks pictureTasks;
    private final double alpha;
    private final Publications publications;
    private final ScoringMetrics metrics;
    private final ImageDecoder decoder;
    private final PngEncoder png = new PngEncoder();
    private final Serializer<ScoreEvent> scores = EventSerdes.score().serializer();
    private final Serializer<EmbeddingEvent> embeddings =
            EventSerdes.embedding().serializer();

    /** For which images pictures and vectors are published beside the score. */
    public record Publications(
            PublishPolicy reconstructions,
            PublishPolicy heatmaps,
            PublishPolicy upscaled,
            PublishPolicy embeddings,
            EmbeddingFormat embeddingFormat) {
        public static final Publications NONE = new Publications(
                new PublishPolicy.None(),
                new PublishPolicy.None(),
                new PublishPolicy.None(),
                new PublishPolicy.None(),
                EmbeddingFormat.JSON);
    }

    /** What a batch was begun with. */
    private record Begun(ScoringModel model, Generations generations) {}

    /** An image that was decoded, and where its record and its pixels are. */
    record Decoded(ImageEvent event, int index) {}

    /**
     * Verdicts and nothing else.
     *
     * @param models each batch is scored with the model that is current when it begins
     * @param alpha the false-alarm rate asked for; every model's calibration sample must support it
     */
    public ImageScorer(CurrentModel<ScoringModel> models, double alpha, ImageDecoder decoder, ScoringMetrics metrics) {
        this(
                ServedModels.of(models, new Challenger()),
                alpha,
                Publications.NONE,
                new PictureTasks.Limits(0, 0),
                decoder,
                metrics);
    }

    /**
     * @param models each batch is computed with the models that are current when it begins; no verdict depends on any but the one
     *     for scoring
     * @param alpha the false-alarm rate asked for; every model's calibration sample must support it
     */
    ImageScorer(
            ServedModels models,
            double alpha,
            Publications publications,
            PictureTasks.Limits limits,
            ImageDecoder decoder,
            ScoringMetrics metrics) {
        this.models = models.scoring();
        this.shadows = new ShadowScorer(models.challenger(), alpha, metrics);
        this.pictureTasks = new PictureTasks(models, publications, limits, metrics);
        this.alpha = alpha;
        this.publications = publications;
        this.decoder = decoder;
        this.metrics = metrics;
    }

    /**
     * As the settings say.
     *
     * @param upscaledMaxBytes the most bytes an enlarged picture may have
     */
    public static ImageScorer of(
            ServiceSettings settings, ServedModels models, int upscaledMaxBytes, ScoringMetrics metrics) {
        return new ImageScorer(
                models,
                settings.alpha(),
                new Publications(
                        settings.reconstructions(),
                        settings.heatmaps(),
                        settings.upscaled(),
                        settings.embeddings(),
                        settings.embeddingsFormat()),
                new PictureTasks.Limits(settings.upscaleMaxPixels(), upscaledMaxBytes),
                new ImageDecoder(new ImageLimits(settings.imageMaxBytes(), settings.imageMaxPixels())),
                metrics);
    }

    /**
     * One outcome per record, in order. Never throws for what a record contains. A record alone is never {@linkplain
     * Outcome.Postponed postponed}.
     */
    public List<Outcome> score(List<ConsumerRecord<byte[], byte[]>> records) {
        try (CurrentModel.Lease<ScoringModel> lease = models.lease();
                ShadowScorer.Batch shadow = shadows.begin(lease.model(), records.size());
                PictureTasks.Batch pictures = pictureTasks.begin(records.size())) {
            return score(records, new Begun(lease.model(), pictures.generations(lease.generation())), shadow, pictures);
        }
    }

    private List<Outcome> score(
            List<ConsumerRecord<byte[], byte[]>> records,
            Begun batch,
            ShadowScorer.Batch shadow,
            PictureTasks.Batch pictures) {
        InputShape shape = batch.model().shape();
        float[] pixels = new float[records.size() * shape.size()];
        List<Decoded> decoded = new ArrayList<>(records.size());
        Outcome[] outcomes = new Outcome[records.size()];
        long start = System.nanoTime();
        for (int i = 0; i < outcomes.length; i++) {
            try {
                ImageEvent event = ImageEvent.of(records.get(i));
                metrics.received(event.bytes().length);
                Raster raster = decoder.decode(event.bytes(), event.contentType());
                if (!pictures.add(event.id(), raster, decoded.size())) {
                    outcomes[i] = new Outcome.Postponed();
                    continue;
                }
                InputTensor.write(raster, shape, pixels, decoded.size() * shape.size());
                shadow.add(raster, decoded.size());
                decoded.add(new Decoded(event, i));
            } catch (ImageRejectedException e) {
                outcomes[i] = new Outcome.Rejected(e.reason(), e.getMessage());
            }
        }
        metrics.decoded(System.nanoTime() - start);
        if (!decoded.isEmpty()) {
            scoreDecoded(batch, pixels, decoded, outcomes);
            shadow.score(pixels, decoded, outcomes);
            pictures.make(decoded, outcomes);
        }
        return List.of(outcomes);
    }

    /** When a pass fails, tries again in halves, so that an image that breaks it costs nobody but itself. */
    private void scoreDecoded(Begun batch, float[] pixels, List<Decoded> decoded, Outcome[] outcomes) {
        ScoringModel model = batch.model();
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
            scoreDecoded(batch, pixels, decoded.subList(0, middle), outcomes);
            scoreDecoded(batch, rest, decoded.subList(middle, decoded.size()), outcomes);
            return;
        }
        metrics.inferred(decoded.size(), System.nanoTime() - start);
        for (int i = 0; i < analyses.size(); i++) {
            outcomes[decoded.get(i).index()] = outcome(batch, decoded.get(i).event(), analyses.get(i));
        }
    }

    private Outcome outcome(Begun batch, ImageEvent event, Analysis analysis) {
        if (!Double.isFinite(analysis.score())) {
            return new Outcome.Rejected(Rejection.SCORING_FAILED, "the score is not a finite number");
        }
        ScoringModel model = batch.model();
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
        return new Outcome.Scored(
                score, scores.serialize("", score), products(score, analysis, model.shape()), batch.generations());
    }

    /** What the model gives beside its verdict. */
    private List<Outcome.Product> products(ScoreEvent score, Analysis analysis, InputShape shape) {
        List<Outcome.Product> products = new ArrayList<>();
        if (!pictureTasks.denoises() && publications.reconstructions().selects(score.id(), score.anomalous())) {
            byte[] picture = png.encode(InputTensor.read(analysis.reconstruction(), 0, shape));
            products.add(new Outcome.Product(EventType.RECONSTRUCTION, score.model(), picture));
        }
        if (publications.heatmaps().selects(score.id(), score.anomalous())) {
            InputShape grey = new InputShape(1, shape.height(), shape.width());
            byte[] picture = png.encode(InputTensor.read(analysis.residual(), 0, grey));
            products.add(new Outcome.Product(EventType.HEATMAP, score.model(), picture));
        }
        if (publications.embeddings().selects(score.id(), score.anomalous())) {
            products.add(embedding(score, analysis));
        }
        return products;
    }

    private Outcome.Product embedding(ScoreEvent score, Analysis analysis) {
        EmbeddingEvent event = new EmbeddingEvent(
                score.id(), score.stream(), score.source(), score.time(), score.model(), analysis.latent());
        return switch (publications.embeddingFormat()) {
            case JSON -> new Outcome.Product(EventType.EMBEDDING, score.model(), embeddings.serialize("", event));
            case BINARY -> new Outcome.Product(EventType.EMBEDDING_VECTOR, score.model(), event.littleEndian());
        };
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
