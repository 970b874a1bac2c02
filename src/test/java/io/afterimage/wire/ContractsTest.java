package io.afterimage.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.Rejection;
import io.afterimage.stream.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Holds the published contracts and the code that writes together. */
class ContractsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final JsonNode ASYNCAPI = new YAMLMapper().readTree(contract("asyncapi.yaml"));

    @Test
    void scoresKeepTheirSchema() {
        assertThat(mistakes(schema("score"), score())).isEmpty();
        assertThat(propertiesOf(schemaNode("score"))).isEqualTo(propertiesIn(score(), "parts"));
    }

    @Test
    void embeddingsKeepTheirSchema() {
        assertThat(mistakes(schema("embedding"), embedding())).isEmpty();
        assertThat(propertiesOf(schemaNode("embedding"))).isEqualTo(propertiesIn(embedding(), "none"));
    }

    @Test
    void shadowScoresKeepTheirSchema() {
        assertThat(mistakes(schema("shadow-score"), shadowScore())).isEmpty();
        assertThat(propertiesOf(schemaNode("shadow-score"))).isEqualTo(propertiesIn(shadowScore(), "none"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"score", "embedding", "shadow-score", "model-event", "current-model", "challenger"})
    void noPropertyOfASchemaIsOptional(String name) {
        JsonNode schema = schemaNode(name);
        var objects = new ArrayList<>(List.of(schema));
        schema.get("properties").forEach(property -> {
            if (property.has("properties")) {
                objects.add(property);
            }
        });
        assertThat(objects).isNotEmpty();
        for (JsonNode object : objects) {
            assertThat(names(object.get("required")))
                    .isEqualTo(List.copyOf(object.get("properties").propertyNames()));
            assertThat(object.get("additionalProperties").asBoolean()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/id ''",
                "/id null",
                "/stream ''",
                "/source/offset -1",
                "/source/partition 1.5",
                "/time 'yesterday'",
                "/model/version ''",
                "/score '4.5'",
                "/parts {}",
                "/parts/residual 'high'",
                "/pValue 0",
                "/pValue 1.01",
                "/alpha 0",
                "/alpha 1",
                "/verdict 'odd'",
                "/extra 1",
                "/source/extra 1",
                "/model/extra 1"
            })
    void refusesABrokenScore(String change) {
        assertThat(mistakes(schema("score"), changed(score(), change))).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/id ''",
                "/stream null",
                "/source/offset -1",
                "/time 'yesterday'",
                "/alpha 1",
                "/champion null",
                "/champion/score '4.5'",
                "/champion/pValue 0",
                "/champion/verdict 'odd'",
                "/challenger/version ''",
                "/challenger/pValue 1.01",
                "/challenger/verdict null",
                "/challenger/extra 1",
                "/extra 1"
            })
    void refusesABrokenShadowScore(String change) {
        assertThat(mistakes(schema("shadow-score"), changed(shadowScore(), change)))
                .isNotEmpty();
    }

    @Test
    void refusesABrokenEmbedding() {
        ObjectNode empty = (ObjectNode) embedding();
        empty.putArray("vector");
        assertThat(mistakes(schema("embedding"), empty)).isNotEmpty();
        ObjectNode text = (ObjectNode) embedding();
        text.putArray("vector").add("0.5");
        assertThat(mistakes(schema("embedding"), text)).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(ModelEvent.Type.class)
    void modelEventsKeepTheirSchema(ModelEvent.Type type) {
        assertThat(mistakes(schema("model-event"), modelEvent(type))).isEmpty();
        assertThat(propertiesOf(schemaNode("model-event"))).isEqualTo(propertiesIn(modelEvent(type), "figures"));
        assertThat(names(schemaNode("model-event").at("/properties/type/enum")))
                .isEqualTo(Arrays.stream(ModelEvent.Type.values())
                        .map(ModelEvent.Type::label)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/type 'exploded'",
                "/model ''",
                "/version ''",
                "/previous null",
                "/at 'today'",
                "/figures/auroc 'good'",
                "/instance ''",
                "/extra 1"
            })
    void refusesABrokenModelEvent(String change) {
        assertThat(mistakes(schema("model-event"), changed(modelEvent(ModelEvent.Type.PROMOTED), change)))
                .isNotEmpty();
    }

    @Test
    void pointersKeepTheirSchema() {
        assertThat(mistakes(schema("current-model"), currentPointer())).isEmpty();
        assertThat(propertiesOf(schemaNode("current-model"))).isEqualTo(propertiesIn(currentPointer(), "none"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/version '../../etc/pass'",
                "/version '0123456789AB'",
                "/previous 'none'",
                "/previous ['x']",
                "/previous ['0123456789ab','0123456789ab']",
                "/at 'today'"
            })
    void schemaAndReaderRefuseABrokenPointer(String change) {
        JsonNode broken = changed(currentPointer(), change);
        assertThat(mistakes(schema("current-model"), broken)).isNotEmpty();
        byte[] json = JSON.writeValueAsBytes(broken);
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> EventSerdes.currentPointer().deserializer().deserialize("t", json));
    }

    @Test
    void challengersKeepTheirSchema() {
        assertThat(mistakes(schema("challenger"), challenger())).isEmpty();
        assertThat(propertiesOf(schemaNode("challenger"))).isEqualTo(propertiesIn(challenger(), "none"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/version '../../etc/pass'", "/version ''", "/version null", "/reason null", "/at 'today'"})
    void schemaAndReaderRefuseABrokenChallenger(String change) {
        JsonNode broken = changed(challenger(), change);
        assertThat(mistakes(schema("challenger"), broken)).isNotEmpty();
        byte[] json = JSON.writeValueAsBytes(broken);
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> EventSerdes.challengerPointer().deserializer().deserialize("t", json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'id':'r','sample':{'count':64,'seed':-9223372036854775808}}",
                "{'sample':{'count':1,'seed':7}}",
                "{'id':'r','decode':{'latent':[0.5,-1]}}",
                "{'id':'r','interpolate':{'from':'AQI=','to':'AQI=','steps':2}}",
                "{'id':'r','interpolate':{'from':'AQI=','to':'AQI=','steps':64}}",
                "{'id':'r','grid':{'side':32}}"
            })
    void schemaAndReaderTakeARequest(String request) throws Exception {
        String json = request.replace('\'', '"');
        assertThat(mistakes(schema("generate-request"), JSON.readTree(json))).isEmpty();
        assertThat(GenerateRequest.of(json.getBytes(UTF_8), "p")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'id':'r'}",
                "{'id':'','grid':{'side':1}}",
                "{'id':7,'grid':{'side':1}}",
                "{'id':'r','grid':{'side':1},'sample':{'count':1,'seed':1}}",
                "{'id':'r','grid':{'side':33}}",
                "{'id':'r','grid':{'side':0}}",
                "{'id':'r','grid':{'side':1,'more':1}}",
                "{'id':'r','grid':{'side':1},'more':1}",
                "{'id':'r','sample':{'count':65,'seed':1}}",
                "{'id':'r','sample':{'count':1}}",
                "{'id':'r','sample':{'count':1,'seed':9223372036854775808}}",
                "{'id':'r','decode':{}}",
                "{'id':'r','decode':{'latent':['1']}}",
                "{'id':'r','interpolate':{'from':'AQI=','steps':2}}",
                "{'id':'r','interpolate':{'from':'AQI=','to':'AQI=','steps':65}}"
            })
    void schemaAndReaderRefuseABrokenRequest(String request) {
        String json = request.replace('\'', '"');
        assertThat(mistakes(schema("generate-request"), JSON.readTree(json))).isNotEmpty();
        assertThatExceptionOfType(ImageRejectedException.class)
                .isThrownBy(() -> GenerateRequest.of(json.getBytes(UTF_8), "p"));
    }

    @Test
    void requestsHaveTheLimitsOfTheirSchema() {
        JsonNode schema = schemaNode("generate-request").get("properties");
        assertThat(schema.at("/id/maxLength").asInt()).isEqualTo(GenerateRequest.MAX_ID_LENGTH);
        assertThat(schema.at("/sample/properties/count/maximum").asInt()).isEqualTo(GenerateRequest.MAX_COUNT);
        assertThat(schema.at("/interpolate/properties/steps/maximum").asInt()).isEqualTo(GenerateRequest.MAX_STEPS);
        assertThat(schema.at("/grid/properties/side/maximum").asInt()).isEqualTo(GenerateRequest.MAX_SIDE);
        assertThat(schemaNode("generate-request").get("description").asString())
                .contains("at most " + GenerateRequest.MAX_BYTES + " bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    void documentsTheHeadersOfGeneratedPictures(int latent) {
        JsonNode documented = ASYNCAPI.at("/components/messages/generated/headers");
        var headers = new RecordHeaders();
        CloudEventHeaders.writeGenerated(headers, Samples.generated(new float[latent]));
        assertThat(mistakes(inlined(documented), node(headers))).isEmpty();
        List<String> required = names(documented.get("required"));
        assertThat(node(headers).propertyNames()).containsAll(required).hasSize(latent == 0 ? 12 : 13);
        assertThat(documented.get("properties").propertyNames())
                .containsAll(node(headers).propertyNames());
        headers.remove(CloudEventHeaders.INDEX).add(CloudEventHeaders.INDEX, "first".getBytes(UTF_8));
        assertThat(mistakes(inlined(documented), node(headers))).isNotEmpty();
    }

    @Test
    void documentsTheHeadersOfModelEvents() {
        JsonNode documented = ASYNCAPI.at("/components/messages/modelEvent/headers");
        var headers = new RecordHeaders();
        CloudEventHeaders.writeModelEvent(headers, "id-1", Samples.modelEvent(ModelEvent.Type.SWAPPED));
        assertThat(mistakes(inlined(documented), node(headers))).isEmpty();
        assertThat(names(documented.get("required")))
                .containsExactlyElementsOf(node(headers).propertyNames())
                .containsExactlyElementsOf(documented.get("properties").propertyNames());
        headers.remove(CloudEventHeaders.TYPE).add(CloudEventHeaders.TYPE, "other".getBytes(UTF_8));
        assertThat(mistakes(inlined(documented), node(headers))).isNotEmpty();
    }

    @Test
    void documentsEveryTopic() {
        var addresses = new ArrayList<String>();
        ASYNCAPI.get("channels")
                .forEach(channel -> addresses.add(channel.get("address").asString()));
        assertThat(addresses).containsExactlyElementsOf(Topics.DEFAULT.all());

        var used = new ArrayList<String>();
        ASYNCAPI.get("operations")
                .forEach(operation -> used.add(operation.at("/channel/$ref").asString()));
        assertThat(used)
                .containsExactlyElementsOf(ASYNCAPI.get("channels").propertyNames().stream()
                        .map(name -> "#/channels/" + name)
                        .toList());
    }

    @Test
    void referencesNothingThatIsNotThere() {
        assertThat(ASYNCAPI.findValuesAsString("$ref")).isNotEmpty().allSatisfy(reference -> {
            if (reference.startsWith("#")) {
                assertThat(ASYNCAPI.at(reference.substring(1)).isMissingNode()).isFalse();
            } else {
                assertThat(contract(reference.substring("./".length()))).isNotEmpty();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void documentsTheHeadersOfEveryEvent(EventType type) {
        String name = type.name().toLowerCase(Locale.ROOT).replace('_', '-');
        JsonNode message = ASYNCAPI.at("/components/messages/" + name);
        assertThat(message.get("contentType").asString()).isEqualTo(type.contentType());

        var headers = new RecordHeaders();
        CloudEventHeaders.write(headers, type, Samples.score());
        JsonNode common = ASYNCAPI.at("/components/schemas/cloudEvent");
        assertThat(names(common.get("required"))).containsExactlyElementsOf(CloudEventHeaders.written());
        assertThat(common.get("properties").propertyNames()).containsExactlyElementsOf(CloudEventHeaders.written());
        JsonNode own = message.at("/headers/allOf/1");
        assertThat(mistakes(inlined(common), node(headers))).isEmpty();
        assertThat(mistakes(inlined(own), node(headers))).isEmpty();
        headers.remove(CloudEventHeaders.TYPE).add(CloudEventHeaders.TYPE, "other".getBytes(UTF_8));
        assertThat(mistakes(inlined(own), node(headers))).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(Rejection.class)
    void documentsTheHeadersOfDeadLetters(Rejection reason) {
        JsonNode documented = ASYNCAPI.at("/components/messages/deadLetter/headers");
        assertThat(documented.get("properties").propertyNames()).containsExactlyElementsOf(DeadLetter.written());
        assertThat(names(documented.at("/properties/afterimage-reason/enum")))
                .containsExactlyElementsOf(
                        Arrays.stream(Rejection.values()).map(Rejection::label).toList());

        for (int maxBytes : new int[] {1, 100}) {
            Headers headers = DeadLetter.of(
                            new RecordHeaders(), null, new byte[9], "in", 3, 42, reason, "why", maxBytes)
                    .headers();
            assertThat(mistakes(inlined(documented), node(headers))).isEmpty();
        }
    }

    private static JsonNode score() {
        return JSON.readTree(EventSerdes.score().serializer().serialize("t", Samples.score()));
    }

    private static JsonNode shadowScore() {
        return JSON.readTree(EventSerdes.shadowScore().serializer().serialize("t", Samples.shadowScore()));
    }

    /** The document with another value at a place: a JSON pointer, a space, the value with single quotes. */
    private static JsonNode changed(JsonNode document, String change) {
        String pointer = change.substring(0, change.indexOf(' '));
        JsonNode value = JSON.readTree(change.substring(pointer.length() + 1).replace('\'', '"'));
        ObjectNode parent = (ObjectNode) document.at(pointer.substring(0, pointer.lastIndexOf('/')));
        parent.set(pointer.substring(pointer.lastIndexOf('/') + 1), value);
        return document;
    }

    private static JsonNode embedding() {
        return JSON.readTree(EventSerdes.embedding().serializer().serialize("t", Samples.embedding()));
    }

    private static JsonNode modelEvent(ModelEvent.Type type) {
        return JSON.readTree(EventSerdes.modelEvent().serializer().serialize("t", Samples.modelEvent(type)));
    }

    private static JsonNode currentPointer() {
        return JSON.readTree(EventSerdes.currentPointer().serializer().serialize("t", Samples.currentPointer()));
    }

    private static JsonNode challenger() {
        return JSON.readTree(EventSerdes.challengerPointer().serializer().serialize("t", Samples.challenger()));
    }

    private static Schema schema(String name) {
        return SCHEMAS.getSchema(contract(name + ".schema.json"));
    }

    private static JsonNode schemaNode(String name) {
        return JSON.readTree(contract(name + ".schema.json"));
    }

    private static Schema inlined(JsonNode schema) {
        return SCHEMAS.getSchema(JSON.writeValueAsString(schema));
    }

    private static List<String> mistakes(Schema schema, JsonNode document) {
        return schema
                .validate(document, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(error -> error.getInstanceLocation() + " " + error.getMessage())
                .toList();
    }

    private static Map<String, List<String>> propertiesOf(JsonNode schema) {
        var properties = new LinkedHashMap<String, List<String>>();
        schema.get("properties").properties().forEach(property -> {
            JsonNode inner = property.getValue().get("properties");
            properties.put(property.getKey(), inner == null ? List.of() : List.copyOf(inner.propertyNames()));
        });
        return properties;
    }

    private static Map<String, List<String>> propertiesIn(JsonNode document, String free) {
        var properties = new LinkedHashMap<String, List<String>>();
        document.properties()
                .forEach(property -> properties.put(
                        property.getKey(),
                        property.getValue().isObject() && !property.getKey().equals(free)
                                ? List.copyOf(property.getValue().propertyNames())
                                : List.of()));
        return properties;
    }

    private static List<String> names(JsonNode array) {
        var names = new ArrayList<String>();
        array.forEach(name -> names.add(name.asString()));
        return names;
    }

    private static JsonNode node(Headers headers) {
        ObjectNode node = JSON.createObjectNode();
        headers.forEach(header -> node.put(header.key(), new String(header.value(), UTF_8)));
        return node;
    }

    private static String contract(String name) {
        try (InputStream contract = ContractsTest.class.getResourceAsStream("/contracts/" + name)) {
            assertThat(contract).as(name).isNotNull();
            return new String(contract.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
