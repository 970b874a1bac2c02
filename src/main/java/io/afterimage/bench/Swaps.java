package io.afterimage.bench;

import io.afterimage.model.CurrentModel;
import io.afterimage.model.ScoringModel;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Loads and swaps a model once a second, as the service does it when one is promoted. */
final class Swaps implements StreamBench.Disturbance {
    private static final int WARM_UP_BATCH = 64;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> swapping;
    private long generation;

    Swaps(CurrentModel models, Supplier<ScoringModel> next) {
        swapping = thread.scheduleAtFixedRate(
                () -> {
                    ScoringModel model = next.get();
                    model.analyse(new float[WARM_UP_BATCH * model.shape().size()], WARM_UP_BATCH);
                    models.swap(model, ++generation);
                },
                0,
                1,
                TimeUnit.SECONDS);
    }

    @Override
    public void check() {
        if (swapping.isDone()) {
            throw new IllegalStateException("swapping ended by itself after %d swaps".formatted(generation));
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
