package io.afterimage.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far long work is: a bar on a terminal, a line every few seconds elsewhere. Written to stderr. For one thread. */
final class Progress implements AutoCloseable {
    private static final long LINE_INTERVAL = TimeUnit.SECONDS.toNanos(5);

    private final String task;
    private final long total;
    private final PrintWriter err;
    private final @Nullable ProgressBar bar;
    private final long start = System.nanoTime();
    private long lastLine = start;

    /** @param total how many there are to do, or -1 when nobody knows */
    Progress(String task, long total, PrintWriter err) {
        this.task = task;
        this.total = total;
        this.err = err;
        this.bar = Terminal.attached()
                ? new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setUnit(" images", 1)
                        .setStyle(ProgressBarStyle.ASCII)
                        .showSpeed()
                        .build()
                : null;
    }

    void update(long done) {
        if (bar != null) {
            bar.stepTo(done);
            return;
        }
        long now = System.nanoTime();
        if (now - lastLine >= LINE_INTERVAL) {
            lastLine = now;
            double seconds = (now - start) / (double) TimeUnit.SECONDS.toNanos(1);
            String of = total < 0 ? "" : " of " + total;
            err.println(String.format(Locale.ROOT, "%s: %d%s images, %.0f/s", task, done, of, done / seconds));
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
