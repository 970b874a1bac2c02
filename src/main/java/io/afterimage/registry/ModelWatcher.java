package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the pointer of one model: loads and verifies what becomes current and hands it on. What cannot be used is reported
 * once and the last good model stays; it is tried again when the pointer moves or another part of that version arrives. It may
 * follow the challenger as well.
 *
 * <p>A thread of its own does all the work, the listener's calls included. While the brokers are away it keeps trying. The
 * methods here may be called by any thread but that one.
 */
public final class ModelWatcher implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration BETWEEN_FAILURES = Duration.ofMillis(500);
    private static final Duration READ_WITHIN = Duration.ofSeconds(10);
    /** A topic that has become silent looks like one on which nothing happens, until it is asked. */
    private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(10);

    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(ModelWatcher.class);

    private final ModelsTopic topic;
    private final String name;
    private final Listener listener;
    private final Optional<ShadowFollower> shadow;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CompletableFuture<Optional<Taken>> started = new CompletableFuture<>();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

    private @Nullable Taken taken;
    private @Nullable Attempt lastAttempt;
    private @Nullable Rejected lastRejected;
    private long answered = System.nanoTime();
    private volatile boolean away;
    private volatile long awaySince;
    private volatile boolean finished;

    /** Who wants to know. */
    public interface Listener {
        /**
         * A verified model to use from now on.
         *
         * @param generation grows with every change of the pointer, the same in every process; at least 1
         * @throws ModelRejectedException when it does not fit this service; the former model stays
         */
        void onModel(ModelArtifact artifact, long generation) throws ModelRejectedException;

        /** A model that was to be used and is not; the former one stays. */
        void onRejected(String version, String reason);
    }

    /**
     * The model in use.
     *
     * @param generation as the listener was told, or newer when the pointer was set to the same version again
     */
    public record Taken(String version, long generation) {}

    private record Attempt(long pointer, long newestPart) {}

    private record Rejected(long pointer, String version, String reason) {}

    private static final class Request {
        private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        private long end = -1;
    }

    /** Starts to watch the pointer to the current version alone. */
    public ModelWatcher(ModelsTopic topic, String name, Listener listener) {
        this(topic, name, listener, Optional.empty());
    }

    /**
     * Starts to watch.
     *
     * @param topic belongs to the watcher from now on, which closes it
     * @param name the model to follow
     * @param challengers told which version scores along; empty when nobody wants to know
     */
    public ModelWatcher(ModelsTopic topic, String name, Listener listener, Optional<ChallengerListener> challengers) {
        this.topic = topic;
        this.name = name;
        this.listener = listener;
        this.shadow = challengers.map(told -> new ShadowFollower(topic, name, told));
        this.thread = new Thread(this::run, "afterimage-models");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits until the topic was read to its end and the current model handed on; when that one cannot be used, the newest
     * earlier one that can.
     *
     * @return the model in use; empty when there is no usable one on the topic
     * @throws org.apache.kafka.common.errors.TimeoutException when the brokers did not let it be read in time
     */
    public Optional<Taken> startUp(Duration within) throws InterruptedException {
        return await(started, within, "the models topic was not read");
    }

    /**
     * Waits until everything that is committed on the topic now was handled. Does not wait for a topic that is known not to
     * answer: many partitions may be taken over while it is away, one after another.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException when that took too long, or the topic does not answer
     */
    public void awaitLatest(Duration within) throws InterruptedException {
        awaitLatest(List.of(this), within);
    }

    /** As {@link #awaitLatest(Duration)}, for several at a time. */
    public static void awaitLatest(List<ModelWatcher> watchers, Duration within) throws InterruptedException {
        List<Request> asked = watchers.stream().map(ModelWatcher::ask).toList();
        try {
            for (Request request : asked) {
                await(request.done, within, "the newest models were not read");
            }
        } finally {
            watchers.forEach(watcher -> watcher.requests.removeAll(asked));
        }
    }

    private Request ask() {
        Request request = new Request();
        requests.add(request);
        if (away) {
            request.done.completeExceptionally(
                    new org.apache.kafka.common.errors.TimeoutException("the models topic does not answer"));
        }
        if (finished) {
            request.done.completeExceptionally(closed());
        }
        return request;
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration within, String what)
            throws InterruptedException {
        try {
            return future.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "%s within %d ms".formatted(what, within.toMillis()), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        }
    }

    private static KafkaException closed() {
        return new KafkaException("the watcher was closed");
    }

    /** Records on the topic that were passed over so far. */
    public Map<IgnoredRecord, Long> ignored() {
        return topic.ignored();
    }

    /** For how long the topic has not answered; zero while it does. */
    public Duration away() {
        return away ? Duration.ofNanos(System.nanoTime() - awaySince) : Duration.ZERO;
    }

    private void run() {
        try {
            while (closing.getCount() > 0) {
                try {
                    step();
                    back();
                } catch (KafkaException e) {
                    gone(e);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Interrupted while waiting for brokers", e);
        } finally {
            finished = true;
            started.completeExceptionally(closed());
            requests.forEach(request -> request.done.completeExceptionally(closed()));
            topic.close();
        }
    }

    private void step() {
        if (!started.isDone()) {
            topic.readToEnd(READ_WITHIN);
            Optional<Current> current = topic.current(name);
            handle();
            if (taken == null) {
                takeAnother(current.map(Current::offset).orElse(0L));
            }
            shadow.ifPresent(ShadowFollower::follow);
            started.complete(Optional.ofNullable(taken));
        }
        if (away || System.nanoTime() - answered > BETWEEN_QUESTIONS.toNanos()) {
            topic.requireAnswer(READ_WITHIN);
            answered = System.nanoTime();
        }
        for (Request request : requests) {
            if (request.end < 0) {
                request.end = topic.end();
            }
        }
        topic.refresh(POLL);
        handle();
        shadow.ifPresent(ShadowFollower::follow);
        long position = topic.position();
        requests.removeIf(request -> request.end >= 0 && request.end <= position && request.done.complete(null));
    }

    private void handle() {
        Optional<Current> found = topic.current(name);
        if (found.isEmpty()) {
            return;
        }
        Current current = found.get();
        if (taken != null && taken.version().equals(current.version())) {
            taken = new Taken(current.version(), current.generation());
            return;
        }
        Attempt attempt = new Attempt(current.offset(), topic.changed(name, current.version()));
        if (attempt.equals(lastAttempt)) {
            return;
        }
        tryToTake(current.version(), current.generation());
        // Not before: when the brokers failed on the way, it is tried again.
        lastAttempt = attempt;
    }

    /** Below the generation of the pointer that failed, so that its model, once repaired, is the newer one. */
    private void takeAnother(long generation) {
        List<String> candidates = topic.candidates(name);
        String failed = topic.current(name).map(Current::version).orElse("");
        for (String version : candidates) {
            if (!version.equals(failed) && tryToTake(version, Math.max(1, generation))) {
                LOG.warn("Model {} begins with version {}, an earlier one", name, version);
                return;
            }
        }
    }

    private boolean tryToTake(String version, long generation) {
        try {
            listener.onModel(topic.load(name, version), generation);
            taken = new Taken(version, generation);
            LOG.info("Model {} is version {} from now on", name, version);
            return true;
        } catch (ModelRejectedException e) {
            reject(version, generation, e);
        } catch (KafkaException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            // Whatever a strange model does to the code that reads it, the old one goes on.
            reject(version, generation, e);
        }
        return false;
    }

    private void reject(String version, long generation, Throwable why) {
        Rejected rejected = new Rejected(generation, version, Reasons.oneLine(why));
        if (rejected.equals(lastRejected)) {
            return;
        }
        lastRejected = rejected;
        LOG.warn("Model {} version {} is not used: {}", name, version, rejected.reason(), why);
        try {
            listener.onRejected(version, rejected.reason());
        } catch (RuntimeException e) {
            LOG.error("Could not report that model {} version {} is not used", name, version, e);
        }
    }

    private void gone(KafkaException e) throws InterruptedException {
        if (!away) {
            awaySince = System.nanoTime();
            away = true;
            LOG.warn("Cannot read the models topic; model {} stays as it is while this is tried again", name, e);
        }
        requests.removeIf(request -> request.done.completeExceptionally(e));
        closing.await(BETWEEN_FAILURES.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void back() {
        if (away) {
            away = false;
            LOG.info("The models topic can be read again");
        }
    }

    /** Stops watching; waits for a call of the listener that is under way. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(CLOSING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
