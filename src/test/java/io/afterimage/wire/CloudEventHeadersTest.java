package io.afterimage.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CloudEventHeadersTest {
    @ParameterizedTest
    @EnumSource(EventType.class)
    void isReadByTheOfficialLibrary(EventType type) {
        var headers = new RecordHeaders();
        CloudEventHeaders.write(headers, type, Samples.score());
        byte[] payload = {1, 2, 3};

        CloudEvent event = KafkaMessageFactory.createReader(headers, payload).toEvent();

        assertThat(event.getSpecVersion()).isEqualTo(SpecVersion.V1);
        assertThat(event.getId()).isEqualTo("frame-7");
        assertThat(event.getType()).isEqualTo("io.afterimage." + type.label() + ".v1");
        assertThat(event.getSource()).isEqualTo(URI.create("/afterimage/" + type.label() + "/line%207%2F%C3%BC"));
        assertThat(event.getSubject()).isEqualTo("line 7/ü");
        assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse("2026-03-01T10:00:00.5Z"));
        assertThat(event.getDataContentType()).isEqualTo(type.contentType());
        List<String> place = List.of("imagetopic", "imagepartition", "imageoffset");
        assertThat(event.getExtensionNames())
                .contains("modelname", "modelversion", "verdict")
                .hasSize(type == EventType.EMBEDDING_VECTOR ? 6 : 3);
        assertThat(event.getExtensionNames().containsAll(place)).isEqualTo(type == EventType.EMBEDDING_VECTOR);
        assertThat(event.getExtension("modelname")).isEqualTo("digits");
        assertThat(event.getExtension("modelversion")).isEqualTo("20261101-1");
        assertThat(event.getExtension("verdict")).isEqualTo("anomalous");
        assertThat(event.getData())
                .isNotNull()
                .extracting(data -> data.toBytes())
                .isEqualTo(payload);
    }

    @Test
    void writesTheHeadersItSays() {
        var headers = new RecordHeaders();
        CloudEventHeaders.write(headers, EventType.SCORE, Samples.score());
        assertThat(headers).extracting("key").containsExactlyElementsOf(CloudEventHeaders.written());
    }
}
