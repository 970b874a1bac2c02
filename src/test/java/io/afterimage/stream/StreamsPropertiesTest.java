package io.afterimage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.config.Configuration;
import io.afterimage.config.KafkaSettings;
import io.afterimage.config.RetrainSettings;
import io.afterimage.config.ServiceSettings;
import io.afterimage.metrics.ScoringMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsPropertiesTest {
    private final LookAhead<String> lookAhead = new LookAhead<>(
            "images",
            1,
            1,
            Duration.ofSeconds(1),
            records -> List.of(),
            new ScoringMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), 0.01));

    @AfterEach
    void close() {
        lookAhead.close();
    }

    @Test
    void defaultsReachTheClientsTheyAreMeantFor() {
        StreamsConfig config = config(Map.of());

        assertThat(mainConsumer(config))
                .containsEntry("max.poll.records", 4_000)
                .containsEntry("session.timeout.ms", 10_000)
                .containsEntry("isolation.level", "read_committed")
                .containsEntry(LookAheadInterceptor.LOOK_AHEAD, lookAhead);
        assertThat(config.getProducerConfigs("client"))
                .containsEntry("linger.ms", 100)
                .containsEntry("max.request.size", StreamsProperties.MOST_REQUEST_BYTES);
        assertThat(config.getRestoreConsumerConfigs("client"))
                .doesNotContainKey("interceptor.classes")
                .doesNotContainKey("group.id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "consumer.", "main.consumer."})
    void whatTheUserSetsForAConsumerWins(String prefix) {
        StreamsConfig config = config(Map.of(prefix + "max.poll.records", "7", prefix + "session.timeout.ms", "30000"));

        assertThat(mainConsumer(config))
                .containsEntry("max.poll.records", "7")
                .containsEntry("session.timeout.ms", "30000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "producer."})
    void whatTheUserSetsForTheProducerWins(String prefix) {
        StreamsConfig config = config(Map.of(prefix + "linger.ms", "50"));

        assertThat(config.getProducerConfigs("client")).containsEntry("linger.ms", "50");
    }

    private static Map<String, Object> mainConsumer(StreamsConfig config) {
        return config.getMainConsumerConfigs("group", "client", 0);
    }

    private StreamsConfig config(Map<String, String> kafka) {
        Map<String, String> given = new HashMap<>(kafka);
        given.put("bootstrap.servers", "localhost:9092");
        Configuration configuration = new Configuration(
                ServiceSettings.of(Map.of()), RetrainSettings.defaults(), KafkaSettings.of(given), List.of());
        Properties properties = StreamsProperties.of(configuration);
        LookAheadInterceptor.install(properties, lookAhead);
        return new StreamsConfig(properties);
    }
}
