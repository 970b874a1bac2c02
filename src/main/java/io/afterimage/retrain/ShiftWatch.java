package io.afterimage.retrain;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.InputShape;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.Calibration;
import io.afterimage.wire.ScoreEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches the verdicts of one model version: one {@link DriftDetector} over all streams says that something has changed, a {@link
 * ShiftRule} per stream says of what kind it is, because the light changes over one line and not over the others. For one
 * thread.
 */
final class ShiftWatch {
    private static final int MOST_STREAMS = 10_000;
    /** As many pictures of a stream are looked at. */
    private static final int MOST_PICTURES = 300;

    private static final double MOST_ANOMALOUS = 0.2;

    private final DriftDetector detector;
    private final ShiftRule.Parameters parameters;
    private final int block;
    private final double alpha;
    private final Map<String, ShiftRule> rules = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ShiftRule> eldest) {
            return size() > MOST_STREAMS;
        }
    };
    private @Nullable Drift drift;
    private long nextJudgement;
    private long calmImages;
    private long calmAlarms;
    private long blockAlarms;

    /** What to do about a drift. */
    sealed interface Lesson {
        /** In words, with the figures. */
        String reason();

        /** Nothing yet. */
        record Wait(String reason) implements Lesson {}

        /** Nothing: defects, which are not learned. */
        record Burst(String reason) implements Lesson {}

        /** Nothing before an operator has confirmed that this is normal now. */
        record Confirm(String reason) implements Lesson {}

        /** Learn as usual: what has moved is still normal to the current model. */
        record SameNormal(String reason) implements Lesson {}

        /**
         * Learn what is normal now.
         *
         * @param since per shifted stream, when that began, milliseconds since 1970: what came before is not normal any more
         * @param anomalous share of anomalies that the streams had before
         */
        record NewNormal(String reason, Map<String, Long> since, double anomalous) implements Lesson {}
    }

    ShiftWatch(ModelArtifact model, double alpha, DriftDetector.Parameters drift, ShiftRule.Parameters shift) {
        this.alpha = alpha;
        this.parameters = shift;
        this.block = drift.blockImages();
        this.detector = new DriftDetector(
                new Calibration(model.manifest().calibration().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray()),
                alpha,
                drift);
    }

    /**
     * Takes the next verdict.
     *
     * @param timestamp of the image, milliseconds since 1970
     * @return drift, when this verdict is the first to show it
     */
    Optional<Drift> accept(ScoreEvent score, long timestamp) {
        rules.computeIfAbsent(score.stream(), stream -> new ShiftRule(parameters, alpha))
                .accept(score.anomalous(), timestamp);
        blockAlarms += score.anomalous() ? 1 : 0;
        Optional<Drift> seen = detector.accept(score.score());
        if (detector.images() % block == 0) {
            if (drift == null && seen.isEmpty()) {
                calmImages += block;
                calmAlarms += blockAlarms;
            }
            blockAlarms = 0;
        }
        if (drift != null || seen.isEmpty()) {
            return Optional.empty();
        }
        drift = seen.get();
        // The block that shows it may hold its beginning only.
        nextJudgement = detector.images() + block;
        return seen;
    }

    /** Whether drift was seen and there is something new to judge it by. */
    boolean due() {
        return drift != null && detector.images() >= nextJudgement;
    }

    /**
     * What to do about the drift that was seen.
     *
     * @param window the images of late, as far as they are kept
     * @param confirmed whether an operator has said that the shifted images are normal
     */
    Lesson judge(List<WindowImage> window, ImageDecoder decoder, ModelArtifact current, boolean confirmed)
            throws ModelRejectedException {
        nextJudgement = detector.images() + block / 2;
        Map<String, Long> since = new HashMap<>();
        List<String> reasons = new ArrayList<>();
        boolean waits = false;
        boolean asks = false;
        try (ScoringModel model = ScoringModel.load(current)) {
            for (Map.Entry<String, ShiftRule> entry : List.copyOf(rules.entrySet())) {
                Optional<Long> began = entry.getValue().shiftedSince();
                if (began.isEmpty()) {
                    continue;
                }
                ShiftJudgement judgement =
                        judge(entry.getKey(), entry.getValue(), began.get(), window, decoder, model, confirmed);
                reasons.add(entry.getKey() + ": " + judgement.reason());
                waits |= judgement.outcome() == ShiftJudgement.Outcome.UNDECIDED;
                asks |= judgement.awaitsConfirmation();
                if (judgement.outcome() == ShiftJudgement.Outcome.NEW_NORMAL) {
                    since.put(entry.getKey(), began.get());
                }
            }
        }
        String reason = String.join("; ", reasons);
        if (!since.isEmpty()) {
            return new Lesson.NewNormal(reason, since, anomalousBefore());
        }
        if (asks) {
            return new Lesson.Confirm(reason);
        }
        if (waits) {
            return new Lesson.Wait(reason);
        }
        if (drift instanceof Drift.AlarmRateOff off && off.observed() > off.expected()) {
            return new Lesson.Burst(reason.isEmpty() ? "no stream is shifted as a whole" : reason);
        }
        return new Lesson.SameNormal("the images are still normal to the current model");
    }

    private ShiftJudgement judge(
            String stream,
            ShiftRule rule,
            long since,
            List<WindowImage> window,
            ImageDecoder decoder,
            ScoringModel model,
            boolean confirmed) {
        return rule.judge(
                vectors(latest(window, stream, since, Long.MAX_VALUE), decoder, model, true),
                vectors(latest(window, stream, Long.MIN_VALUE, since), decoder, model, false),
                confirmed);
    }

    /** The last images of a stream before a time. */
    private static List<WindowImage> latest(List<WindowImage> window, String stream, long from, long before) {
        List<WindowImage> own = window.stream()
                .filter(image ->
                        image.stream().equals(stream) && image.timestamp() >= from && image.timestamp() < before)
                .toList();
        return own.subList(Math.max(0, own.size() - MOST_PICTURES), own.size());
    }

    /** Of the images that the model finds anomalous, or of those that it does not. */
    private List<float[]> vectors(
            List<WindowImage> images, ImageDecoder decoder, ScoringModel model, boolean anomalous) {
        InputShape shape = model.shape();
        List<float[]> pixels = Round.pixels(images, decoder, shape);
        double[] scores = Batches.scores(model, pixels);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            if ((model.calibration().pValue(scores[i]) <= alpha) == anomalous) {
                vectors.add(PictureVector.of(pixels.get(i), shape));
            }
        }
        return vectors;
    }

    private double anomalousBefore() {
        double share = calmImages == 0 ? 0 : (double) calmAlarms / calmImages - alpha;
        return Math.max(0, Math.min(MOST_ANOMALOUS, share));
    }
}
