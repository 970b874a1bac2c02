package io.afterimage.metrics;

/** The figures of one stream. Safe for use by several threads, which hardly ever meet: a stream is in one partition. */
final class StreamFigures {
    /** The mean score is over about as many images. */
    private static final int MEMORY = 100;

    private long normal;
    private long anomalous;
    private long deadLetters;
    private int remembered;
    private double score;
    private long lastMillis;

    /** @param score NaN before the first one */
    record Snapshot(long normal, long anomalous, long deadLetters, double score, long lastMillis) {}

    synchronized void scored(boolean anomalous, double score, long millis) {
        if (anomalous) {
            this.anomalous++;
        } else {
            normal++;
        }
        remembered = Math.min(remembered + 1, MEMORY);
        this.score += (score - this.score) / remembered;
        lastMillis = millis;
    }

    synchronized void refused(long millis) {
        deadLetters++;
        lastMillis = millis;
    }

    /** Scores of another model are no continuation of these. */
    synchronized void forgetScores() {
        remembered = 0;
        score = 0;
    }

    synchronized long lastMillis() {
        return lastMillis;
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(normal, anomalous, deadLetters, remembered == 0 ? Double.NaN : score, lastMillis);
    }
}
