package io.afterimage.bench;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.model.GenerativeModel;
import io.afterimage.model.PictureModel;
import io.afterimage.model.ScoringModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** What decoding and the model can do at best, with one thread on every core and nothing else to do. */
final class ComputationBench {
    private final List<byte[]> images;
    private final Duration duration;

    ComputationBench(List<byte[]> images, Duration duration) {
        this.images = images;
        this.duration = duration;
    }

    /** From encoded bytes to the values the network takes. */
    Throughput decode(ScoringModel model) {
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        return measure(64, thread -> {
            float[] tensor = new float[model.shape().size()];
            for (int i = 0; i < 64; i++) {
                try {
                    InputTensor.write(
                            decoder.decode(images.get((thread * 64 + i) % images.size()), null),
                            model.shape(),
                            tensor,
                            0);
                } catch (ImageRejectedException e) {
                    throw new IllegalStateException("a digit cannot be decoded", e);
                }
            }
        });
    }

    /** All passes and scores of the model's recipe for batches of a size. */
    Throughput forward(ScoringModel model, int batch) {
        float[] values = values(model.shape(), batch);
        return measure(batch, thread -> model.analyse(values, batch));
    }

    /** Pictures of pictures. */
    Throughput pictures(PictureModel model, int batch) {
        InputShape shape = model.shape();
        float[] values = values(shape, batch);
        return measure(batch, thread -> model.apply(values, batch, shape.height(), shape.width()));
    }

    /** Latent vectors of pictures. */
    Throughput encode(GenerativeModel model, int batch) {
        float[] values = values(model.shape(), batch);
        return measure(batch, thread -> model.encode(values, batch));
    }

    /** Pictures of latent vectors, which are drawn. */
    Throughput generate(GenerativeModel model, int batch, long seed) {
        return measure(batch, thread -> model.decode(model.draw(batch, seed), batch));
    }

    private float[] values(InputShape shape, int batch) {
        float[] values = new float[batch * shape.size()];
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        try {
            for (int i = 0; i < batch; i++) {
                InputTensor.write(decoder.decode(images.get(i % images.size()), null), shape, values, i * shape.size());
            }
        } catch (ImageRejectedException e) {
            throw new IllegalStateException("a digit cannot be decoded", e);
        }
        return values;
    }

    private Throughput measure(int imagesPerRound, IntConsumer round) {
        run(imagesPerRound, round, duration.toNanos() / 2);
        long cpu = Processor.cpuNanos();
        long start = System.nanoTime();
        long images = run(imagesPerRound, round, duration.toNanos());
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Throughput(images / seconds, (Processor.cpuNanos() - cpu) / 1e3 / images, 0);
    }

    private static long run(int imagesPerRound, IntConsumer round, long nanos) {
        ExecutorService threads = Executors.newFixedThreadPool(Processor.cores());
        try {
            long end = System.nanoTime() + nanos;
            List<Future<Long>> counts = new ArrayList<>();
            for (int t = 0; t < Processor.cores(); t++) {
                int thread = t;
                counts.add(threads.submit(() -> {
                    long count = 0;
                    while (System.nanoTime() < end) {
                        round.accept(thread);
                        count += imagesPerRound;
                    }
                    return count;
                }));
            }
            long total = 0;
            for (Future<Long> count : counts) {
                total += count.get();
            }
            return total;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the measured code failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
