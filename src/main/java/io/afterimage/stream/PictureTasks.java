package io.afterimage.stream;

import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.PngEncoder;
import io.afterimage.image.Raster;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.metrics.TaskMeters;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.Enlarger;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.PictureModel;
import io.afterimage.wire.EventType;
import io.afterimage.wire.ScoreEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the service's models for denoising and for enlarging make their pictures of images that were scored. Denoised pictures have the
 * shape of their model's input, as reconstructions have; an image is enlarged as it came. What fails costs the picture and nothing
 * else. Thread-safe.
 */
final class PictureTasks {
    private static final Logger LOG = LoggerFactory.getLogger(PictureTasks.class);

    /** A second or two of one processor: what a batch may spend on enlarging beyond its first image. */
    private static final long MOST_PRODUCTS = 30_000_000_000L;

    private final Optional<CurrentModel<PictureModel>> denoising;
    private final Optional<CurrentModel<PictureModel>> upscaling;
    private final ImageScorer.Publications publications;
    private final Limits limits;
    private final TaskMeters meters;
    private final PngEncoder png = new PngEncoder();

    /**
     * What is not enlarged.
     *
     * @param mostPixels images with more are not
     * @param mostBytes a picture with more, as PNG, is not published
     */
    record Limits(int mostPixels, int mostBytes) {}

    PictureTasks(ServedModels models, ImageScorer.Publications publications, Limits limits, ScoringMetrics metrics) {
        this.denoising = models.denoising();
        this.upscaling = models.upscaling();
        this.publications = publications;
        this.limits = limits;
        this.meters = metrics.tasks();
    }

    /** Whether denoised pictures come from here and not from the scoring model. */
    boolean denoises() {
        return denoising.isPresent();
    }

    /**
     * Begins a batch with the models of the moment, which stay open until the batch is closed.
     *
     * @param images at most in the batch
     */
    Batch begin(int images) {
        Optional<CurrentModel.Lease<PictureModel>> denoiser = denoising.map(CurrentModel::lease);
        try {
            return new Batch(denoiser, upscaling.map(CurrentModel::lease), images);
        } catch (RuntimeException e) {
            denoiser.ifPresent(CurrentModel.Lease::close);
            throw e;
        }
    }

    /** An image that is to have a picture made of it, by its place among the outcomes, and what the picture is made of. */
    private record Wanted<T>(int index, T image) {}

    /** The images of one batch. For one thread. */
    final class Batch implements AutoCloseable {
        private final Optional<CurrentModel.Lease<PictureModel>> denoiser;
        private final Optional<CurrentModel.Lease<PictureModel>> upscaler;
        private final Optional<Enlarger> enlarger;
        private final Map<Integer, Raster> originals = new LinkedHashMap<>();
        private final int images;
        private float[] noisy = new float[0];
        private long products;

        private Batch(
                Optional<CurrentModel.Lease<PictureModel>> denoiser,
                Optional<CurrentModel.Lease<PictureModel>> upscaler,
                int images) {
            this.denoiser = denoiser;
            this.upscaler = upscaler;
            this.enlarger = upscaler.map(lease -> new Enlarger(lease.model()));
            this.images = images;
        }

        Generations generations(long scoring) {
            return new Generations(scoring, generation(denoiser), generation(upscaler));
        }

        private static long generation(Optional<CurrentModel.Lease<PictureModel>> lease) {
            return lease.map(CurrentModel.Lease::generation).orElse(0L);
        }

        /**
         * Takes an image in, if there is room for it: false when enlarging it as well would take the batch too long, and it has to
         * come again alone.
         *
         * @param position among the images of the batch that are scored
         */
        boolean add(String id, Raster raster, int position) {
            if (enlarger.isPresent() && publications.upscaled().selects(id, true)) {
                long pixels = (long) raster.width() * raster.height();
                if (pixels <= limits.mostPixels()) {
                    long more = enlarger.get().products(pixels);
                    if (position > 0 && products + more > MOST_PRODUCTS) {
                        return false;
                    }
                    products += more;
                    originals.put(position, raster);
                }
            }
            if (denoiser.isPresent() && publications.reconstructions().selects(id, true)) {
                InputShape shape = denoiser.get().model().shape();
                if (noisy.length == 0) {
                    noisy = new float[Math.multiplyExact(images, shape.size())];
                }
                InputTensor.write(raster, shape, noisy, position * shape.size());
            }
            return true;
        }

        /** Adds pictures to the outcomes of images that were scored. */
        void make(List<ImageScorer.Decoded> decoded, Outcome[] outcomes) {
            denoiser.ifPresent(lease -> denoise(lease.model(), decoded, outcomes));
            enlarger.ifPresent(using -> enlarge(using, decoded, outcomes));
        }

        private void denoise(PictureModel model, List<ImageScorer.Decoded> decoded, Outcome[] outcomes) {
            List<Wanted<Integer>> wanted = new ArrayList<>();
            for (int position = 0; position < decoded.size(); position++) {
                int index = decoded.get(position).index();
                if (outcomes[index] instanceof Outcome.Scored scored
                        && publications
                                .reconstructions()
                                .selects(scored.score().id(), scored.score().anomalous())) {
                    wanted.add(new Wanted<>(index, position));
                }
            }
            InputShape shape = model.shape();
            publish(EventType.RECONSTRUCTION, model.manifest(), wanted, outcomes, Integer.MAX_VALUE, positions -> {
                // The network rounds a picture alone differently from one among others, and so it does the last values
                // of a
                // pass: a blank picture at the end makes what comes before the same in any company.
                int slots = positions.size() + 1;
                float[] pictures = new float[slots * shape.size()];
                for (int i = 0; i < positions.size(); i++) {
                    System.arraycopy(noisy, positions.get(i) * shape.size(), pictures, i * shape.size(), shape.size());
                }
                float[] clean = model.apply(pictures, slots, shape.height(), shape.width());
                List<Raster> rasters = new ArrayList<>(positions.size());
                for (int i = 0; i < positions.size(); i++) {
                    rasters.add(InputTensor.read(clean, i * shape.size(), shape));
                }
                return rasters;
            });
        }

        private void enlarge(Enlarger enlarger, List<ImageScorer.Decoded> decoded, Outcome[] outcomes) {
            ModelManifest manifest = upscaler.orElseThrow().model().manifest();
            Map<Long, List<Wanted<Raster>>> bySize = new LinkedHashMap<>();
            int tooLarge = 0;
            for (int position = 0; position < decoded.size(); position++) {
                int index = decoded.get(position).index();
                if (outcomes[index] instanceof Outcome.Scored scored
                        && publications
                                .upscaled()
                                .selects(scored.score().id(), scored.score().anomalous())) {
                    Raster raster = originals.get(position);
                    if (raster == null) {
                        tooLarge++;
                    } else {
                        bySize.computeIfAbsent(
                                        ((long) raster.height() << 32) | raster.width(), size -> new ArrayList<>())
                                .add(new Wanted<>(index, raster));
                    }
                }
            }
            if (tooLarge > 0) {
                meters.failed(manifest.task(), tooLarge);
                LOG.debug("{} images have more than {} pixels and are not enlarged", tooLarge, limits.mostPixels());
            }
            bySize.values()
                    .forEach(same -> publish(
                            EventType.UPSCALED, manifest, same, outcomes, limits.mostBytes(), enlarger::enlarge));
        }

        @Override
        public void close() {
            denoiser.ifPresent(CurrentModel.Lease::close);
            upscaler.ifPresent(CurrentModel.Lease::close);
        }
    }

    /** When making the pictures fails, tries again one by one, so that an image that breaks it costs no other its picture. */
    private <T> void publish(
            EventType type,
            ModelManifest manifest,
            List<Wanted<T>> wanted,
            Outcome[] outcomes,
            int mostBytes,
            Function<List<T>, List<Raster>> making) {
        if (wanted.isEmpty()) {
            return;
        }
        List<Raster> pictures;
        try {
            pictures = making.apply(wanted.stream().map(Wanted::image).toList());
        } catch (RuntimeException e) {
            if (wanted.size() > 1) {
                wanted.forEach(one -> publish(type, manifest, List.of(one), outcomes, mostBytes, making));
                return;
            }
            meters.failed(manifest.task(), 1);
            LOG.warn("Model {} {} made no picture of an image", manifest.name(), manifest.version(), e);
            return;
        }
        ScoreEvent.Model model = new ScoreEvent.Model(manifest.name(), manifest.version());
        for (int i = 0; i < pictures.size(); i++) {
            byte[] file = png.encode(pictures.get(i));
            if (file.length > mostBytes) {
                meters.failed(manifest.task(), 1);
                LOG.warn("A picture of {} bytes is not published: its topic takes {}", file.length, mostBytes);
            } else if (outcomes[wanted.get(i).index()] instanceof Outcome.Scored scored) {
                outcomes[wanted.get(i).index()] = scored.with(new Outcome.Product(type, model, file));
                meters.made(manifest.task(), 1);
            }
        }
    }
}
