package io.afterimage.metrics;

/** The share of anomalous images among the last ones. Safe for use by several threads. */
final class AlarmRate {
    private final boolean[] verdicts;
    private int next;
    private int filled;
    private int alarms;

    /** @param window how many images count, at least 1 */
    AlarmRate(int window) {
        verdicts = new boolean[window];
    }

    synchronized void record(boolean anomalous) {
        if (filled < verdicts.length) {
            filled++;
        } else if (verdicts[next]) {
            alarms--;
        }
        verdicts[next] = anomalous;
        if (anomalous) {
            alarms++;
        }
        next = (next + 1) % verdicts.length;
    }

    synchronized void forget() {
        next = 0;
        filled = 0;
        alarms = 0;
    }

    /** How many images count at present. */
    synchronized int images() {
        return filled;
    }

    /** In [0, 1]; NaN before the first image. */
    synchronized double rate() {
        return filled == 0 ? Double.NaN : (double) alarms / filled;
    }
}
