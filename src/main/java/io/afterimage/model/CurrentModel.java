package io.afterimage.model;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The model in use, and the change from one to the next while others are scoring with it. Whoever scores holds a {@link Lease}
 * for the whole of a batch, so a batch never sees two models; the old model is closed when its last lease is given back.
 * Thread-safe.
 *
 * @param <M> what can be done with it
 */
public final class CurrentModel<M extends LoadedModel> implements AutoCloseable {
    private volatile Served<M> current;

    /**
     * Takes the model over: closing this closes it.
     *
     * @param generation says which of two models came later; the same on all instances
     */
    public CurrentModel(M first, long generation) {
        current = new Served<>(first, generation);
    }

    /** The right to use one model until {@link #close}. */
    public static final class Lease<M extends LoadedModel> implements AutoCloseable {
        private final Served<M> served;
        private final AtomicBoolean returned = new AtomicBoolean();

        private Lease(Served<M> served) {
            this.served = served;
        }

        public M model() {
            return served.model;
        }

        /** Higher for a model that became current later, be it an older version. */
        public long generation() {
            return served.generation;
        }

        @Override
        public void close() {
            if (returned.compareAndSet(false, true)) {
                served.release();
            }
        }
    }

    /** A model and the number of its users, of which being current is one. */
    private static final class Served<M extends LoadedModel> {
        private final M model;
        private final long generation;
        private final AtomicInteger users = new AtomicInteger(1);

        Served(M model, long generation) {
            this.model = model;
            this.generation = generation;
        }

        boolean acquire() {
            return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
        }

        void release() {
            if (users.decrementAndGet() == 0) {
                model.close();
            }
        }
    }

    /**
     * The model in use; it stays open until the lease is given back.
     *
     * @throws IllegalStateException after {@link #close}
     */
    public Lease<M> lease() {
        while (true) {
            Served<M> served = current;
            if (served.acquire()) {
                return new Lease<>(served);
            }
            if (current == served) {
                throw new IllegalStateException("the model is closed");
            }
        }
    }

    /**
     * Makes another model the current one: leases taken from now on are for it.
     *
     * @param generation higher than that of the model in use
     */
    public synchronized void swap(M next, long generation) {
        Served<M> old = current;
        if (generation <= old.generation) {
            throw new IllegalArgumentException(
                    "generation %d does not follow %d".formatted(generation, old.generation));
        }
        current = new Served<>(next, generation);
        old.release();
    }

    /** What the model in use is. */
    public ModelManifest manifest() {
        try (Lease<M> lease = lease()) {
            return lease.model().manifest();
        }
    }

    /** Closes the model in use after its last lease. */
    @Override
    public synchronized void close() {
        current.release();
    }
}
