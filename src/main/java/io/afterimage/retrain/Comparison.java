package io.afterimage.retrain;

import io.afterimage.score.Calibration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;

/** A candidate beside the current model: figures, what is wrong, worse and better, and the decision that follows. */
final class Comparison {
    /** Chance that a right calibration passes for a broken one, for each of the two checks. */
    private static final double BROKEN = 0.001;
    /** Chance that a right alarm rate stays inside its interval. */
    private static final double RATE_CONFIDENCE = 0.99;

    private final PromotionGate.Measured current;
    private final PromotionGate.Measured candidate;
    private final double alpha;
    private final Margins margins;
    private final Map<String, Double> figures = new LinkedHashMap<>();
    private final List<String> unsound = new ArrayList<>();
    private final List<String> worse = new ArrayList<>();
    private final List<String> worseOnGolden = new ArrayList<>();
    private final List<String> better = new ArrayList<>();
    private boolean currentRateIsWrong;

    Comparison(
            PromotionGate.Measured current,
            PromotionGate.Measured candidate,
            double alpha,
            Margins margins,
            PairedBootstrap bootstrap) {
        this.current = current;
        this.candidate = candidate;
        this.alpha = alpha;
        this.margins = margins;
        current.figures().forEach((name, values) -> compare(name, values, bootstrap));
        checkCalibration();
        double auroc = first(candidate, Measurement.AUROC);
        if (auroc < margins.leastAuroc()) {
            unsound.add(
                    text("its overall AUROC on synthetic defects is %.3f, below %.3f", auroc, margins.leastAuroc()));
        }
    }

    private void compare(String name, double[] before, PairedBootstrap bootstrap) {
        double[] after = Objects.requireNonNull(candidate.figures().get(name));
        boolean relative = name.equals(Measurement.RESIDUAL) || name.equals(Measurement.GOLDEN_RESIDUAL);
        double[] differences = new double[before.length];
        for (int r = 0; r < differences.length; r++) {
            double difference = after[r] - before[r];
            differences[r] = relative ? difference / Math.max(before[r], 1e-12) : difference;
        }
        Interval interval = bootstrap.interval(differences);
        figures.put(name + ".current", before[0]);
        figures.put(name + ".candidate", after[0]);
        figures.put(name + ".difference", differences[0]);
        figures.put(name + ".difference.low", interval.low());
        figures.put(name + ".difference.high", interval.high());
        boolean lowerIsBetter = relative || name.equals(Measurement.GOLDEN_ALARMS);
        double least = lowerIsBetter ? -interval.high() : interval.low();
        double gained = lowerIsBetter ? -differences[0] : differences[0];
        String words = text(
                "%s %.4f against %.4f, difference %+.4f [%+.4f, %+.4f]",
                name, after[0], before[0], differences[0], interval.low(), interval.high());
        if (least < -margin(name)) {
            (name.startsWith("golden.") ? worseOnGolden : worse).add(words);
        } else if (least > 0 && gained >= gain(name)) {
            better.add(words);
        }
    }

    private double margin(String name) {
        return switch (name) {
            case Measurement.AUROC, Measurement.GOLDEN_AUROC -> margins.auroc();
            case Measurement.RESIDUAL, Measurement.GOLDEN_RESIDUAL -> margins.residual();
            case Measurement.GOLDEN_ALARMS -> margins.goldenAlarms();
            default -> margins.aurocOfKind();
        };
    }

    /** What counts as better; a single kind of defect does so through the overall AUROC, which is one question less to chance. */
    private double gain(String name) {
        return switch (name) {
            case Measurement.AUROC, Measurement.GOLDEN_AUROC -> margins.gain();
            case Measurement.RESIDUAL, Measurement.GOLDEN_RESIDUAL -> margins.residualGain();
            default -> Double.POSITIVE_INFINITY;
        };
    }

    private void checkCalibration() {
        currentRateIsWrong = !rateHolds("current", current);
        double[] sample = sample(candidate);
        Calibration calibration = new Calibration(sample);
        if (alpha < calibration.smallestAlpha()) {
            unsound.add(text("its calibration sample of %d images is too small for alpha %s", sample.length, alpha));
            return;
        }
        if (!rateHolds("candidate", candidate)) {
            unsound.add(text(
                    "its calibration is broken: it alarms at %.4f of the held-out normal images, a right one at %.4f to %.4f",
                    figure("alarm-rate.candidate"),
                    figure("alarm-rate.candidate.low"),
                    figure("alarm-rate.candidate.high")));
        }
        double same = KolmogorovSmirnovTest.withDefaults()
                .test(sample, candidate.measurement().scores())
                .getPValue();
        figures.put("calibration.same-distribution.p", same);
        if (same < BROKEN) {
            unsound.add(text(
                    "its calibration is broken: the scores of held-out normal images are not distributed as those of its calibration sample, p = %.2g",
                    same));
        }
    }

    /** Notes the realised alarm rate and what a right calibration of that size gives. */
    private boolean rateHolds(String name, PromotionGate.Measured model) {
        double[] sample = sample(model);
        double rate = model.measurement().alarmRate(alpha);
        figures.put("alarm-rate." + name, rate);
        if (alpha < new Calibration(sample).smallestAlpha()) {
            return false;
        }
        Interval expected =
                RealisedRate.expected(sample.length, model.measurement().scores().length, alpha, RATE_CONFIDENCE);
        figures.put("alarm-rate." + name + ".low", expected.low());
        figures.put("alarm-rate." + name + ".high", expected.high());
        return expected.contains(rate);
    }

    private static double[] sample(PromotionGate.Measured model) {
        return model.manifest().calibration().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    Promotion promotion(int heldOut, int golden) {
        Promotion.Decision decision = Promotion.Decision.REFUSED;
        String reason;
        if (!unsound.isEmpty()) {
            reason = String.join("; ", unsound);
        } else if (!worseOnGolden.isEmpty()) {
            reason = "it may be worse on the golden set: " + String.join("; ", worseOnGolden);
        } else if (currentRateIsWrong) {
            decision = Promotion.Decision.PROMOTED;
            reason = text(
                    "the current model's alarm rate on recent normal images is %.4f, outside of %.4f to %.4f; the candidate's is %.4f",
                    figure("alarm-rate.current"),
                    figure("alarm-rate.current.low"),
                    figure("alarm-rate.current.high"),
                    figure("alarm-rate.candidate"));
        } else if (!worse.isEmpty()) {
            reason = "it may be worse: " + String.join("; ", worse);
        } else if (better.isEmpty()) {
            reason = text(
                    "it is not better anywhere: overall AUROC %.4f against %.4f, mean squared residual %.5f against %.5f",
                    first(candidate, Measurement.AUROC),
                    first(current, Measurement.AUROC),
                    first(candidate, Measurement.RESIDUAL),
                    first(current, Measurement.RESIDUAL));
        } else {
            decision = Promotion.Decision.PROMOTED;
            reason = "it is better and nowhere worse: " + String.join("; ", better);
        }
        return new Promotion(
                decision,
                candidate.manifest().name(),
                candidate.manifest().version(),
                current.manifest().version(),
                reason,
                figures,
                heldOut,
                golden);
    }

    private double figure(String name) {
        return figures.getOrDefault(name, Double.NaN);
    }

    private static double first(PromotionGate.Measured model, String figure) {
        return Objects.requireNonNull(model.figures().get(figure))[0];
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
