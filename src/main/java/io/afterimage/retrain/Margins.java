package io.afterimage.retrain;

/**
 * How much worse a candidate may be, and how much better it must be. A candidate is worse when the confidence interval of a
 * difference reaches below the margin: what cannot be told apart on too few images is not promoted.
 *
 * @param auroc overall AUROC that may be lost
 * @param aurocOfKind AUROC of one kind of defect that may be lost; wider, since a kind is measured on fewer images
 * @param residual relative growth of the mean squared residual that is allowed
 * @param goldenAlarms growth of the alarm rate on golden normal images that is allowed
 * @param gain overall or golden AUROC that must be won, beside an interval above 0: another seed alone differs a little, and
 *     models should not take turns for nothing
 * @param residualGain relative fall of the mean squared residual that counts as better
 * @param leastAuroc overall AUROC on synthetic defects below which no model is promoted
 */
public record Margins(
        double auroc,
        double aurocOfKind,
        double residual,
        double goldenAlarms,
        double gain,
        double residualGain,
        double leastAuroc) {
    public static final Margins DEFAULT = new Margins(0.01, 0.03, 0.1, 0.02, 0.005, 0.1, 0.6);
}
