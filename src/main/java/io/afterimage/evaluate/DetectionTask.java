package io.afterimage.evaluate;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is normal and what is not, by label.
 *
 * @param name of the task: the label it is about
 * @param normal labels to learn from, without being told them
 * @param anomalous labels that are only met when testing
 */
public record DetectionTask(String name, Set<String> normal, Set<String> anomalous) {
    public DetectionTask {
        normal = Set.copyOf(normal);
        anomalous = Set.copyOf(anomalous);
        if (normal.isEmpty() || anomalous.isEmpty()) {
            throw new IllegalArgumentException(
                    "there must be a label that is normal and one that is not; normal are %s, anomalous %s"
                            .formatted(normal, anomalous));
        }
    }

    /** One label is normal, all others are anomalies. */
    public static List<DetectionTask> oneClass(Collection<String> of, Set<String> labels) {
        return of.stream()
                .map(label -> new DetectionTask(label, Set.of(label), without(labels, Set.of(label))))
                .toList();
    }

    /** One label is the anomaly, all others are normal. */
    public static List<DetectionTask> leaveOneOut(Collection<String> of, Set<String> labels) {
        return of.stream()
                .map(label -> new DetectionTask(label, without(labels, Set.of(label)), Set.of(label)))
                .toList();
    }

    /** Some labels are normal together, all others are anomalies. */
    public static DetectionTask normalAgainst(Set<String> normal, Set<String> labels) {
        return new DetectionTask(String.join(",", new TreeSet<>(normal)), normal, without(labels, normal));
    }

    private static Set<String> without(Set<String> labels, Set<String> some) {
        Set<String> rest = new TreeSet<>(labels);
        rest.removeAll(some);
        return rest;
    }
}
