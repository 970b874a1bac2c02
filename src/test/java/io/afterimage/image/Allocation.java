package io.afterimage.image;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the current thread takes from the heap. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /** Something to measure. */
    public interface Action {
        void run() throws Exception;
    }

    /** Bytes allocated by the second of two runs: the first one loads classes and fills the thread's own buffers. */
    public static long ofSecondRun(Action action) throws Exception {
        action.run();
        long before = soFar();
        action.run();
        return soFar() - before;
    }

    public static long soFar() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
