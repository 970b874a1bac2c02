package io.afterimage.wire;

import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Events as UTF-8 JSON, the properties in the order of the record. Readers skip properties they do not know, so that an
 * old consumer survives a newer service, but insist on those they do. A null value stays null.
 */
public final class EventSerdes {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private EventSerdes() {}

    /** The payload of scores and anomalies. */
    public static Serde<ScoreEvent> score() {
        return json(ScoreEvent.class);
    }

    /** The payload of embeddings. */
    public static Serde<EmbeddingEvent> embedding() {
        return json(EmbeddingEvent.class);
    }

    /** The payload of model events. */
    public static Serde<ModelEvent> modelEvent() {
        return json(ModelEvent.class);
    }

    /** What the models topic says about which version is current. */
    public static Serde<CurrentPointer> currentPointer() {
        return json(CurrentPointer.class);
    }

    /** What the models topic says about which version is the challenger. */
    public static Serde<ChallengerPointer> challengerPointer() {
        return json(ChallengerPointer.class);
    }

    /** The payload of shadow scores. */
    public static Serde<ShadowScoreEvent> shadowScore() {
        return json(ShadowScoreEvent.class);
    }

    /** Throws {@link SerializationException} for what is not JSON of that shape. */
    private static <T> Serde<T> json(Class<T> type) {
        ObjectWriter writer = MAPPER.writerFor(type);
        ObjectReader reader = MAPPER.readerFor(type);
        return Serdes.serdeFrom(
                (topic, event) -> event == null ? null : writer.writeValueAsBytes(event), (topic, json) -> {
                    if (json == null) {
                        return null;
                    }
                    try {
                        return reader.readValue(json);
                    } catch (JacksonException e) {
                        throw new SerializationException("not a " + type.getSimpleName() + " on " + topic, e);
                    }
                });
    }
}
