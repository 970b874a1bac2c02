package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CurrentModelTest {
    private static final int SWAPS = 12;

    @Test
    void aLeaseOutlivesTheSwap() throws Exception {
        ScoringModel first = model();
        try (CurrentModel<ScoringModel> models = new CurrentModel<>(first, 1)) {
            CurrentModel.Lease<ScoringModel> lease = models.lease();
            models.swap(model(), 2);

            assertThat(lease.model()).isSameAs(first);
            assertThat(score(first)).isFinite();
            try (CurrentModel.Lease<ScoringModel> next = models.lease()) {
                assertThat(next.generation()).isEqualTo(2);
                assertThat(next.model()).isNotSameAs(first);
            }

            lease.close();
            lease.close();
            assertThatThrownBy(() -> score(first)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void takesNoOlderGeneration() throws Exception {
        try (CurrentModel<ScoringModel> models = new CurrentModel<>(model(), 7);
                ScoringModel other = model()) {
            assertThatThrownBy(() -> models.swap(other, 7)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void givesNoLeaseAfterItsEnd() throws Exception {
        CurrentModel<ScoringModel> models = new CurrentModel<>(model(), 1);
        models.close();
        assertThatThrownBy(models::lease).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void scoringGoesOnThroughSwaps() throws Exception {
        try (CurrentModel<ScoringModel> models = new CurrentModel<>(model(), 0)) {
            int failures = failuresWhileSwapping(
                    () -> {
                        try (CurrentModel.Lease<ScoringModel> lease = models.lease()) {
                            return score(lease.model());
                        }
                    },
                    generation -> models.swap(model(), generation));
            assertThat(failures).isZero();
        }
    }

    private interface Scoring {
        double score();
    }

    private interface Swap {
        void to(long generation) throws Exception;
    }

    /** How often scoring failed or gave another score while two threads scored and one swapped equal models. */
    private static int failuresWhileSwapping(Scoring scoring, Swap swap) throws Exception {
        double expected = scoring.score();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger failures = new AtomicInteger();
        AtomicInteger scored = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                running.add(threads.submit(() -> {
                    while (!over.get()) {
                        try {
                            if (scoring.score() != expected) {
                                failures.incrementAndGet();
                            }
                        } catch (RuntimeException e) {
                            failures.incrementAndGet();
                        }
                        scored.incrementAndGet();
                    }
                }));
            }
            for (int generation = 1; generation <= SWAPS; generation++) {
                int before = scored.get();
                while (scored.get() < before + 4) {
                    Thread.onSpinWait();
                }
                swap.to(generation);
            }
            over.set(true);
            for (Future<?> future : running) {
                future.get();
            }
        } finally {
            over.set(true);
            threads.shutdown();
        }
        return failures.get();
    }

    private static ScoringModel model() throws ModelRejectedException {
        return ScoringModel.load(ModelArtifact.builtin());
    }

    private static double score(ScoringModel model) {
        return model.analyse(new float[model.shape().size()], 1).get(0).score();
    }
}
