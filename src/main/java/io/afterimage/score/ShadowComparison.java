package io.afterimage.score;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * What two models, A and B, make of the same images: everything is counted for B against A. Keeps aggregates and a few examples,
 * never the images. For one thread.
 */
public final class ShadowComparison {
    /** How many added and how many removed alarms are shown. */
    public static final int MOST_EXAMPLES = 10;

    private static final Comparator<Pair> BY_CLARITY =
            Comparator.comparingDouble(Pair::clarity).thenComparing(Pair::id, Comparator.reverseOrder());

    /** B's p-value minus A's, and its square; they lie in [-1, 1], so the difference of their means keeps its digits. */
    private final DoubleSummaryStatistics differences = new DoubleSummaryStatistics();

    private final DoubleSummaryStatistics squares = new DoubleSummaryStatistics();
    private final PriorityQueue<Pair> clearestAdded = new PriorityQueue<>(BY_CLARITY);
    private final PriorityQueue<Pair> clearestRemoved = new PriorityQueue<>(BY_CLARITY);
    private long both;
    private long added;
    private long removed;

    /**
     * One image, scored by both.
     *
     * @param id of the image event
     * @param stream the image came from
     * @param topic where the image is
     * @param partition where the image is
     * @param offset where the image is
     * @param a the first model's p-value and verdict
     * @param b the second model's
     */
    public record Pair(String id, String stream, String topic, int partition, long offset, Opinion a, Opinion b) {
        /** How far apart the p-values are, as a ratio: 0.001 and 0.02 disagree more than 0.5 and 0.9. */
        private double clarity() {
            return Math.abs(Math.log(a.pValue / b.pValue));
        }
    }

    /** What one model says of an image; the p-value in (0, 1]. */
    public record Opinion(double pValue, boolean anomalous) {}

    /**
     * The comparison so far.
     *
     * @param images compared
     * @param alarmsOfA images A calls anomalous
     * @param alarmsOfB images B calls anomalous
     * @param alarms those that only one of them raises
     * @param pValues mean of B's p-value minus A's, in [-1, 1]; the interval is Student's, for many images. Below 0, the images
     *     look more unusual to B
     * @param added the clearest alarms of B that A does not raise, the clearest first
     * @param removed the clearest alarms of A that B does not raise, the clearest first
     */
    public record Summary(
            long images,
            long alarmsOfA,
            long alarmsOfB,
            PairedAlarms alarms,
            Estimate pValues,
            List<Pair> added,
            List<Pair> removed) {}

    public void add(Pair pair) {
        double difference = pair.b.pValue - pair.a.pValue;
        differences.accept(difference);
        squares.accept(difference * difference);
        if (pair.a.anomalous() && pair.b.anomalous()) {
            both++;
        } else if (pair.b.anomalous()) {
            added++;
            keep(clearestAdded, pair);
        } else if (pair.a.anomalous()) {
            removed++;
            keep(clearestRemoved, pair);
        }
    }

    public Summary summary() {
        long images = differences.getCount();
        return new Summary(
                images,
                both + removed,
                both + added,
                new PairedAlarms(images, added, removed),
                pValues(),
                clearestFirst(clearestAdded),
                clearestFirst(clearestRemoved));
    }

    private Estimate pValues() {
        long images = differences.getCount();
        double centre = differences.getAverage();
        if (images < 2) {
            return new Estimate(centre, -1, 1);
        }
        double variance = Math.max(0, squares.getAverage() - centre * centre) * images / (images - 1);
        double reach = TDistribution.of(images - 1.0).inverseSurvivalProbability((1 - Estimate.CONFIDENCE) / 2)
                * Math.sqrt(variance / images);
        return new Estimate(centre, Math.max(-1, centre - reach), Math.min(1, centre + reach));
    }

    private static void keep(PriorityQueue<Pair> clearest, Pair pair) {
        clearest.add(pair);
        if (clearest.size() > MOST_EXAMPLES) {
            clearest.remove();
        }
    }

    private static List<Pair> clearestFirst(PriorityQueue<Pair> clearest) {
        List<Pair> sorted = new ArrayList<>(clearest);
        sorted.sort(BY_CLARITY.reversed());
        return List.copyOf(sorted);
    }
}
