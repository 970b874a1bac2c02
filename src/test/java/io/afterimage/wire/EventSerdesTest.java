package io.afterimage.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventSerdesTest {
    @Test
    void writesAScoreInTheOrderOfItsRecord() {
        byte[] json = EventSerdes.score().serializer().serialize("t", Samples.score("line-7", "normal"));

        assertThat(new String(json, UTF_8))
                .isEqualTo("{\"id\":\"frame-7\",\"stream\":\"line-7\","
                        + "\"source\":{\"topic\":\"afterimage.images\",\"partition\":3,\"offset\":5000000000},"
                        + "\"time\":\"2026-03-01T10:00:00.500Z\","
                        + "\"model\":{\"name\":\"digits\",\"version\":\"20261101-1\"},"
                        + "\"score\":4.75,\"parts\":{\"residual\":-3.25,\"memory\":0.5},"
                        + "\"pValue\":0.004,\"alpha\":0.01,\"verdict\":\"normal\"}");
    }

    @Test
    void readsWhatItWrote() {
        byte[] shadow = EventSerdes.shadowScore().serializer().serialize("t", Samples.shadowScore());
        assertThat(EventSerdes.shadowScore().deserializer().deserialize("t", shadow))
                .isEqualTo(Samples.shadowScore());
        try (var scores = EventSerdes.score();
                var embeddings = EventSerdes.embedding()) {
            byte[] score = scores.serializer().serialize("t", Samples.score());
            assertThat(scores.deserializer().deserialize("t", score)).isEqualTo(Samples.score());

            byte[] embedding = embeddings.serializer().serialize("t", Samples.embedding());
            assertThat(embeddings.deserializer().deserialize("t", embedding))
                    .usingRecursiveComparison()
                    .isEqualTo(Samples.embedding());
        }
    }

    @Test
    void keepsNullAndSkipsPropertiesOfLaterVersions() {
        var serde = EventSerdes.score();
        assertThat(serde.serializer().serialize("t", null)).isNull();
        assertThat(serde.deserializer().deserialize("t", null)).isNull();

        String json = new String(serde.serializer().serialize("t", Samples.score()), UTF_8);
        byte[] later = json.replaceFirst("\\{", "{\"novelty\":1,").getBytes(UTF_8);
        assertThat(serde.deserializer().deserialize("t", later)).isEqualTo(Samples.score());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null ,", "[]", "{}", "{\"id\":\"a\"}", "not json"})
    void refusesWhatIsNotAScore(String json) {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> EventSerdes.score().deserializer().deserialize("t", json.getBytes(UTF_8)))
                .withMessageContaining("ScoreEvent");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void cannotCarryNumbersJsonDoesNotHave(double value) {
        var good = Samples.score();
        assertThatIllegalArgumentException().isThrownBy(() -> scoreOf(value, good.parts(), 0.5, 0.01, "normal"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scoreOf(1, Map.of("residual", value), 0.5, 0.01, "normal"));
        assertThatIllegalArgumentException().isThrownBy(() -> scoreOf(1, good.parts(), value, 0.01, "normal"));
        assertThatIllegalArgumentException().isThrownBy(() -> scoreOf(1, good.parts(), 0.5, value, "normal"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EmbeddingEvent(
                        "a", "b", good.source(), good.time(), good.model(), new float[] {1, (float) value}));
    }

    @Test
    void cannotCarryAnythingTheContractForbids() {
        var parts = Samples.score().parts();
        assertThatIllegalArgumentException().isThrownBy(() -> scoreOf(1, parts, 0, 0.01, "normal"));
        assertThatIllegalArgumentException().isThrownBy(() -> scoreOf(1, parts, 0.5, 1, "normal"));
        assertThatIllegalArgumentException().isThrownBy(() -> scoreOf(1, parts, 0.5, 0.01, "odd"));
    }

    @Test
    void aShadowScoreCannotCarryWhatTheContractForbids() {
        var good = Samples.score();
        var challenger = Samples.shadowScore().challenger();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new ShadowScoreEvent("a", "b", good.source(), good.time(), 1, challenger, challenger));
        assertThatIllegalArgumentException().isThrownBy(() -> modelScore(Double.NaN, 0.5, "normal"));
        assertThatIllegalArgumentException().isThrownBy(() -> modelScore(1, 0, "normal"));
        assertThatIllegalArgumentException().isThrownBy(() -> modelScore(1, Double.NaN, "normal"));
        assertThatIllegalArgumentException().isThrownBy(() -> modelScore(1, 0.5, "odd"));
    }

    private static ShadowScoreEvent.ModelScore modelScore(double score, double pValue, String verdict) {
        return new ShadowScoreEvent.ModelScore("a", "b", score, pValue, verdict);
    }

    private static ScoreEvent scoreOf(
            double score, Map<String, Double> parts, double pValue, double alpha, String verdict) {
        var good = Samples.score();
        return new ScoreEvent("a", "b", good.source(), good.time(), good.model(), score, parts, pValue, alpha, verdict);
    }
}
