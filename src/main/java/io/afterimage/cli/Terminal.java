package io.afterimage.cli;

/** Whether someone watches: on a terminal lines may be redrawn, in a pipe or a file they may not. */
final class Terminal {
    private Terminal() {}

    /** What the launcher found out; Java cannot tell reliably whether stdout is a terminal. */
    static boolean attached() {
        return Boolean.getBoolean("afterimage.terminal");
    }
}
