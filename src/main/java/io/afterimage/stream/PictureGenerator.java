package io.afterimage.stream;

import io.afterimage.config.ServiceSettings;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.Mosaic;
import io.afterimage.image.PngEncoder;
import io.afterimage.image.Raster;
import io.afterimage.image.Rejection;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.metrics.TaskMeters;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.GenerativeModel;
import io.afterimage.wire.GenerateRequest;
import io.afterimage.wire.GeneratedPicture;
import io.afterimage.wire.ScoreEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for new pictures. The same request gets the same pictures from the same version of a model. What a request may
 * cost is known before its pictures are begun: at most {@value #MOST_PIXELS} pixels, each a few thousand multiplications.
 * Thread-safe.
 */
public final class PictureGenerator {
    /** Of all pictures of a request together: 64 of 256×256, or 32×32 of 64×64. They are begun and ended in one transaction. */
    static final int MOST_PIXELS = 1 << 22;

    /** Decoded in one pass. */
    private static final int MOST_PIXELS_AT_ONCE = 1 << 20;

    private final CurrentModel<GenerativeModel> models;
    private final ImageDecoder decoder;
    private final int mostBytes;
    private final TaskMeters meters;
    private final PngEncoder png = new PngEncoder();

    /**
     * A picture on its way out.
     *
     * @param about what its headers say
     * @param file as PNG
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way to Kafka, never compared
    record Answer(GeneratedPicture about, byte[] file) {}

    PictureGenerator(
            CurrentModel<GenerativeModel> models, ImageDecoder decoder, int mostBytes, ScoringMetrics metrics) {
        this.models = models;
        this.decoder = decoder;
        this.mostBytes = mostBytes;
        this.meters = metrics.tasks();
    }

    /**
     * As the settings say.
     *
     * @param models each request is answered with the model that is current when it comes
     * @param mostBytes the most bytes a picture may have
     */
    public static PictureGenerator of(
            ServiceSettings settings, CurrentModel<GenerativeModel> models, int mostBytes, ScoringMetrics metrics) {
        ImageLimits limits = new ImageLimits(settings.imageMaxBytes(), settings.imageMaxPixels());
        return new PictureGenerator(models, new ImageDecoder(limits), mostBytes, metrics);
    }

    /**
     * The pictures of a request, in order.
     *
     * @param json the request
     * @param position names it if it has no id
     * @param time of its record
     * @throws ImageRejectedException saying why there are none
     */
    List<Answer> answer(byte @Nullable [] json, String position, Instant time) throws ImageRejectedException {
        try (CurrentModel.Lease<GenerativeModel> lease = models.lease()) {
            List<Answer> answers = answer(lease.model(), GenerateRequest.of(json, position), time);
            meters.made(lease.model().manifest().task(), answers.size());
            return answers;
        } catch (ImageRejectedException | RuntimeException e) {
            meters.failed(models.manifest().task(), 1);
            throw e;
        }
    }

    private List<Answer> answer(GenerativeModel model, GenerateRequest request, Instant time)
            throws ImageRejectedException {
        ScoreEvent.Model name =
                new ScoreEvent.Model(model.manifest().name(), model.manifest().version());
        if (request.wanted() instanceof GenerateRequest.Grid grid) {
            byte[] mosaic = file(mosaic(model, grid.side()));
            return List.of(new Answer(new GeneratedPicture(request.id(), 0, 1, new float[0], name, time), mosaic));
        }
        float[] latents = latents(model, request.wanted());
        int count = latents.length / model.latent();
        requirePixels((long) count * model.shape().pixels());
        List<float[]> pictures = decode(model, latents);
        List<Answer> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            float[] latent = Arrays.copyOfRange(latents, i * model.latent(), (i + 1) * model.latent());
            answers.add(new Answer(
                    new GeneratedPicture(request.id(), i, count, latent, name, time),
                    file(InputTensor.read(pictures.get(i), 0, model.shape()))));
        }
        return answers;
    }

    private float[] latents(GenerativeModel model, GenerateRequest.Wanted wanted) throws ImageRejectedException {
        if (wanted instanceof GenerateRequest.Sample sample) {
            return model.draw(sample.count(), sample.seed());
        }
        if (wanted instanceof GenerateRequest.Decode decode) {
            return checked(decode.latent(), model.latent());
        }
        if (wanted instanceof GenerateRequest.Interpolate between) {
            return line(model, between);
        }
        throw new IllegalArgumentException("no latent vectors for " + wanted);
    }

    private static float[] checked(float[] latent, int length) throws ImageRejectedException {
        if (latent.length != length) {
            throw refused("the model's latent vectors have %d values, not %d", length, latent.length);
        }
        for (float value : latent) {
            if (!Float.isFinite(value)) {
                throw refused("a latent vector has finite values, not %s", value);
            }
        }
        return latent;
    }

    private float[] line(GenerativeModel model, GenerateRequest.Interpolate between) throws ImageRejectedException {
        InputShape shape = model.shape();
        float[] ends = new float[2 * shape.size()];
        InputTensor.write(decoder.decode(between.from(), null), shape, ends, 0);
        InputTensor.write(decoder.decode(between.to(), null), shape, ends, shape.size());
        return GenerativeModel.walk(model.encode(ends, 2).means(), between.steps());
    }

    private static Raster mosaic(GenerativeModel model, int side) throws ImageRejectedException {
        if (model.latent() != 2) {
            throw refused("a grid needs latent vectors of 2 values, the model's have %d", model.latent());
        }
        requirePixels((long) side * side * model.shape().pixels());
        return Mosaic.of(decode(model, GenerativeModel.grid(side)), model.shape(), side);
    }

    /** One array for each picture. */
    private static List<float[]> decode(GenerativeModel model, float[] latents) {
        InputShape shape = model.shape();
        int count = latents.length / model.latent();
        int atOnce = Math.max(1, MOST_PIXELS_AT_ONCE / shape.pixels());
        List<float[]> pictures = new ArrayList<>(count);
        for (int from = 0; from < count; from += atOnce) {
            int some = Math.min(atOnce, count - from);
            float[] part = Arrays.copyOfRange(latents, from * model.latent(), (from + some) * model.latent());
            float[] decoded = model.decode(part, some);
            for (int i = 0; i < some; i++) {
                pictures.add(Arrays.copyOfRange(decoded, i * shape.size(), (i + 1) * shape.size()));
            }
        }
        return pictures;
    }

    private byte[] file(Raster picture) throws ImageRejectedException {
        byte[] file = png.encode(picture);
        if (file.length > mostBytes) {
            throw refused("the picture has %d bytes, its topic takes %d", file.length, mostBytes);
        }
        return file;
    }

    private static void requirePixels(long pixels) throws ImageRejectedException {
        if (pixels > MOST_PIXELS) {
            throw refused("the pictures have %d pixels together, a request may have %d", pixels, MOST_PIXELS);
        }
    }

    private static ImageRejectedException refused(String format, Object... values) {
        return new ImageRejectedException(Rejection.INVALID_REQUEST, String.format(Locale.ROOT, format, values));
    }
}
