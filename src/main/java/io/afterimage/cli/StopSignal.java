package io.afterimage.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Ctrl-C and SIGTERM, as a request to a command that runs until it is told to stop. The command notices the request,
 * closes what it opened and returns; only then does the process end, with the command's exit code.
 *
 * <p>Without {@link #arm()} the signals end the process at once, which is right for commands with nothing to close.
 */
final class StopSignal {
    /** Closing the broker, streams and producers takes some seconds; after this long something hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final int KILLED = 130;

    private final IntConsumer halt;
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final List<Runnable> actions = new CopyOnWriteArrayList<>();
    private final Thread hook = new Thread(this::onSignal, "stop-signal");
    private volatile int exitCode = KILLED;
    private volatile boolean armed;

    /** @param halt ends the process with an exit code, from within a shutdown hook */
    StopSignal(IntConsumer halt) {
        this.halt = halt;
    }

    /** From now on, signals wait for {@link #finished}. To be called once. */
    void arm() {
        Runtime.getRuntime().addShutdownHook(hook);
        armed = true;
    }

    void request() {
        requested.countDown();
        actions.forEach(Runnable::run);
    }

    boolean requested() {
        return requested.getCount() == 0;
    }

    /** Runs the action when the request comes, on another thread; at once if it came already. */
    void onRequest(Runnable action) {
        actions.add(action);
        if (requested()) {
            action.run();
        }
    }

    /** Waits for the request. */
    void await() throws InterruptedException {
        requested.await();
    }

    /** The command is done: nothing waits for it any longer. */
    void finished(int code) {
        exitCode = code;
        finished.countDown();
        if (armed) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // a signal came: the hook is running and ends the process
            }
        }
    }

    private void onSignal() {
        request();
        try {
            if (!finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                halt.accept(KILLED);
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        halt.accept(exitCode);
    }
}
