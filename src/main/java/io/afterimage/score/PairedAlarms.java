package io.afterimage.score;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * The alarms of two models on the same images. Only the images they disagree on tell them apart (McNemar, "Note on the sampling
 * error of the difference between correlated proportions or percentages", Psychometrika 1947); comparing two alarm rates as if
 * they came from different images would drown a small change in the alarms that both raise.
 *
 * <p>Images count as independent. Those of one camera that come in quick succession are less than that, and the interval is then
 * too narrow.
 *
 * @param images that both scored
 * @param added images that only the second model calls anomalous
 * @param removed images that only the first model calls anomalous
 */
public record PairedAlarms(long images, long added, long removed) {
    public PairedAlarms {
        if (added < 0 || removed < 0 || added + removed > images) {
            throw new IllegalArgumentException("%d added and %d removed of %d".formatted(added, removed, images));
        }
    }

    /** Number of images on which the models disagree. */
    public long discordant() {
        return added + removed;
    }

    /**
     * The second model's alarm rate minus the first one's, in [-1, 1]. It is the share δ of discordant images times 2θ − 1, θ
     * being the share of added alarms among them. Each share has an exact binomial interval (Clopper and Pearson, Biometrika
     * 1934), of half the permitted error, so both hold together and the interval keeps its confidence for any number of images,
     * also when there is no discordant one.
     */
    public Estimate difference() {
        if (images == 0) {
            return new Estimate(0, -1, 1);
        }
        double error = (1 - Estimate.CONFIDENCE) / 2;
        double fewest = lower(discordant(), images, error);
        double most = upper(discordant(), images, error);
        double low = 2 * lower(added, discordant(), error) - 1;
        double high = 2 * upper(added, discordant(), error) - 1;
        return new Estimate(
                (double) (added - removed) / images,
                low * (low < 0 ? most : fewest),
                high * (high < 0 ? fewest : most));
    }

    /**
     * McNemar's exact test, two-sided: how likely a split at least as uneven would be if the models raised equally many alarms.
     */
    public double significance() {
        if (discordant() == 0) {
            return 1;
        }
        long fewer = Math.min(added, removed);
        // P(X ≤ k) of a binomial distribution with n trials of ½ is the regularised incomplete beta function
        double tail =
                BetaDistribution.of((double) discordant() - fewer, fewer + 1.0).cumulativeProbability(0.5);
        return Math.min(1, 2 * tail);
    }

    private static double lower(long successes, long trials, double error) {
        return successes == 0
                ? 0
                : BetaDistribution.of((double) successes, trials - successes + 1.0)
                        .inverseCumulativeProbability(error / 2);
    }

    private static double upper(long successes, long trials, double error) {
        return successes == trials
                ? 1
                : BetaDistribution.of(successes + 1.0, (double) trials - successes)
                        .inverseSurvivalProbability(error / 2);
    }
}
