package io.afterimage.cli;

/** Starts the scoring service within this process, for commands that bring a broker of their own. */
@FunctionalInterface
interface ServiceStart {
    /**
     * Starts the service on the default topics, which exist, and returns when it reads images.
     *
     * @param httpPort of metrics and health, 0 for any free one
     */
    Running start(String bootstrapServers, int httpPort) throws Exception;

    /**
     * A service that reads images.
     *
     * @param metricsAddress for the user's browser
     * @param stop returns when the service has committed and closed everything
     */
    record Running(String metricsAddress, Runnable stop) implements AutoCloseable {
        @Override
        public void close() {
            stop.run();
        }
    }
}
