package io.afterimage.process;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Notices that the clock of the machine was set back. Kafka's clients measure time by that clock, and their timers do not run
 * backwards: until it is again where it was, nothing that they do now and then is done, neither heartbeats nor commits. A
 * clock that was set back by an hour stops a service for an hour, while it looks well. Clients that are made afterwards are
 * right, so the process should end and be started again. A step ahead does no such harm.
 */
public final class ClockWatch implements AutoCloseable {
    /** What is less is over before anybody has missed a heartbeat. */
    static final Duration TOLERATED = Duration.ofSeconds(5);

    private static final Duration EVERY = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final Consumer<String> listener;
    private final Thread thread = new Thread(this::run, "afterimage-clock");
    private long latest;
    private volatile Optional<String> setBack = Optional.empty();

    ClockWatch(InstantSource clock, Consumer<String> listener) {
        this.clock = clock;
        this.listener = listener;
        this.latest = clock.millis();
        thread.setDaemon(true);
    }

    /**
     * Watches the system's clock.
     *
     * @param listener told once, in one line, on a thread of the watch
     */
    public static ClockWatch start(Consumer<String> listener) {
        ClockWatch watch = new ClockWatch(InstantSource.system(), listener);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            Optional<String> why = look();
            while (why.isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(EVERY.toMillis());
                why = look();
            }
            setBack = why;
            why.ifPresent(listener);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is wrong with the clock, if anything; to be asked again and again. */
    Optional<String> look() {
        long now = clock.millis();
        latest = Math.max(latest, now);
        Duration behind = Duration.ofMillis(latest - now);
        return behind.compareTo(TOLERATED) <= 0
                ? Optional.empty()
                : Optional.of(
                        "the clock was set back by %d s, and Kafka's clients would wait until it is again where it was"
                                .formatted(behind.toSeconds()));
    }

    /** What the listener was told. */
    public Optional<String> setBack() {
        return setBack;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
