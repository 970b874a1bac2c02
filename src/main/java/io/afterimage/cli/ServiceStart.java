package io.afterimage.cli;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Starts the scoring service within this process, for commands that bring a broker of their own. */
@FunctionalInterface
interface ServiceStart {
    /**
     * Starts the service on the default topics, which exist.
     *
     * @param httpPort of metrics and health, 0 for any free one
     * @param stateDirectory for the state stores, made when missing
     */
    Started start(String bootstrapServers, int httpPort, Path stateDirectory);

    /**
     * A service that was started.
     *
     * @param metricsAddress for the user's browser
     * @param ready whether it reads images by now
     * @param failure completed when it ends by itself
     * @param stop returns when it has committed and closed everything
     */
    record Started(String metricsAddress, BooleanSupplier ready, CompletableFuture<Throwable> failure, Runnable stop)
            implements AutoCloseable {
        @Override
        public void close() {
            stop.run();
        }
    }
}
