package io.afterimage.demo;

import io.afterimage.wire.ModelEvent;
import io.afterimage.wire.ScoreEvent;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an observer of the story sees: verdicts and model events, held against what the feed sent. It knows when the feed changed
 * and nothing else; what happens afterwards it reads off the topics. Any thread may call it.
 */
public final class StoryTally {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final BitSet answered = new BitSet();
    private final Map<Phase, long[]> alarmsAndScored = new EnumMap<>(Phase.class);
    private final BitSet changed = new BitSet();
    private long duplicated;
    private long changedScored;
    private long driftDetectedAfter = -1;
    private @Nullable String promoted;
    private @Nullable String lastReason;

    /** Where a verdict belongs. */
    public enum Phase {
        /** On images from before the change. */
        BEFORE,
        /** On images from after the change, by a model from before it. */
        DURING,
        /** On images from after the change, by the model that was promoted because of it. */
        AFTER
    }

    /** An image is about to be sent. */
    public synchronized void published(String id, boolean afterTheChange) {
        int number = numbers.size();
        numbers.put(id, number);
        changed.set(number, afterTheChange);
    }

    /** A verdict came. */
    public synchronized void scored(ScoreEvent event) {
        Integer number = numbers.get(event.id());
        if (number == null) {
            return;
        }
        if (answered.get(number)) {
            duplicated++;
            return;
        }
        answered.set(number);
        Phase phase = !changed.get(number)
                ? Phase.BEFORE
                : event.model().version().equals(promoted) ? Phase.AFTER : Phase.DURING;
        changedScored += phase == Phase.BEFORE ? 0 : 1;
        long[] counts = counts(phase);
        counts[0] += event.anomalous() ? 1 : 0;
        counts[1]++;
    }

    /** Something happened to a model. */
    public synchronized void happened(ModelEvent event) {
        lastReason = event.type() + ": " + event.reason();
        if (event.type().equals(ModelEvent.Type.DRIFTED.label()) && driftDetectedAfter < 0) {
            driftDetectedAfter = changedScored;
        } else if (event.type().equals(ModelEvent.Type.PROMOTED.label())
                && !event.previous().isEmpty()) {
            promoted = event.version();
        }
    }

    /** What was last said about the model, null before anything was. */
    public synchronized @Nullable String lastReason() {
        return lastReason;
    }

    /** Verdicts that belong to a phase. */
    public synchronized long scored(Phase phase) {
        return counts(phase)[1];
    }

    /** Share of alarms in a phase, in [0, 1]; NaN before its first verdict. */
    public synchronized double alarmRate(Phase phase) {
        return (double) counts(phase)[0] / counts(phase)[1];
    }

    private long[] counts(Phase phase) {
        return alarmsAndScored.computeIfAbsent(phase, none -> new long[2]);
    }

    /** Images sent that have no verdict. */
    public synchronized long lost() {
        return (long) numbers.size() - answered.cardinality();
    }

    /** Whether the story came to its end: drift, a new model, verdicts of its own. */
    public synchronized boolean complete() {
        return driftDetectedAfter >= 0 && promoted != null && counts(Phase.AFTER)[1] > 0;
    }

    /** For machines: the same keys in every version; null where it did not come to that. */
    public synchronized Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> rates = new LinkedHashMap<>();
        for (Phase phase : Phase.values()) {
            double rate = alarmRate(phase);
            rates.put(phase.name().toLowerCase(java.util.Locale.ROOT), Double.isNaN(rate) ? null : rate);
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("driftDetectedAfterImages", driftDetectedAfter < 0 ? null : driftDetectedAfter);
        json.put("promotedVersion", promoted);
        json.put("alarmRate", rates);
        json.put("lost", lost());
        json.put("duplicated", duplicated);
        return json;
    }
}
