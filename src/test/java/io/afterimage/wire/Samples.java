package io.afterimage.wire;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events with every property set. */
final class Samples {
    private static final ScoreEvent.Source SOURCE = new ScoreEvent.Source("afterimage.images", 3, 5_000_000_000L);
    private static final ScoreEvent.Model MODEL = new ScoreEvent.Model("digits", "20261101-1");

    private Samples() {}

    static ScoreEvent score() {
        return score("line 7/ü", "anomalous");
    }

    static ScoreEvent score(String stream, String verdict) {
        var parts = new LinkedHashMap<String, Double>();
        parts.put("residual", -3.25);
        parts.put("memory", 0.5);
        return new ScoreEvent(
                "frame-7", stream, SOURCE, "2026-03-01T10:00:00.500Z", MODEL, 4.75, parts, 0.004, 0.01, verdict);
    }

    static ShadowScoreEvent shadowScore() {
        return ShadowScoreEvent.of(
                score(), new ShadowScoreEvent.ModelScore("digits", "20261102-1", -0.5, 0.25, "normal"));
    }

    static EmbeddingEvent embedding() {
        return new EmbeddingEvent(
                "frame-7", "line-7", SOURCE, "2026-03-01T10:00:00Z", MODEL, new float[] {0.1f, -2, 3.5e-8f});
    }

    static GeneratedPicture generated(float[] latent) {
        return new GeneratedPicture("request 1", 2, 4, latent, MODEL, Instant.parse("2026-03-01T10:00:00Z"));
    }

    static ModelEvent modelEvent(ModelEvent.Type type) {
        return ModelEvent.of(
                type,
                "digits",
                "41c69c1e46b1",
                "0123456789ab",
                "better by 0.02",
                Instant.parse("2026-03-01T10:00:00Z"),
                Map.of("auroc", 0.98),
                "host-1");
    }

    static CurrentPointer currentPointer() {
        return CurrentPointer.of(
                "41c69c1e46b1", List.of("0123456789ab"), "better by 0.02", Instant.parse("2026-03-01T10:00:00Z"));
    }

    static ChallengerPointer challenger() {
        return ChallengerPointer.of("41c69c1e46b1", "tried out", Instant.parse("2026-03-01T10:00:00Z"));
    }
}
