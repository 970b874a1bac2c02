package io.afterimage.bench;

import io.afterimage.config.Configuration;
import io.afterimage.config.KafkaSettings;
import io.afterimage.config.RetrainSettings;
import io.afterimage.config.ServiceSettings;
import io.afterimage.metrics.OperatorMeters;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.stream.ScoringService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The scoring service in this process, with its default settings. */
final class BenchedService implements AutoCloseable {
    private static final int DEAD_LETTER_BYTES = 1 << 20;

    private final OperatorMeters meters = new OperatorMeters();
    private final ScoringMetrics metrics;
    private final ScoringService service;

    BenchedService(String bootstrapServers, String prefix, String applicationId, Path state, StreamBench.Service what) {
        ServiceSettings settings = ServiceSettings.of(Map.of(
                ServiceSettings.TOPICS_PREFIX.property(),
                prefix,
                ServiceSettings.APPLICATION_ID.property(),
                applicationId,
                ServiceSettings.STATE_DIR.property(),
                state.toString()));
        KafkaSettings kafka = KafkaSettings.of(Map.of("bootstrap.servers", bootstrapServers));
        metrics = new ScoringMetrics(meters.registry(), settings.alpha(), settings.metricsStreams());
        service = new ScoringService(
                new Configuration(settings, RetrainSettings.defaults(), kafka, List.of()),
                what.computation().apply(metrics),
                what.batching(),
                DEAD_LETTER_BYTES,
                metrics,
                () -> {},
                Optional.empty());
        service.start();
    }

    long scored() {
        return metrics.imagesScored();
    }

    void awaitScored(long count, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (scored() < count && System.nanoTime() < end) {
            Thread.sleep(2);
        }
    }

    void awaitReady(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (service.notReady().isPresent() && System.nanoTime() < end) {
            Thread.sleep(10);
        }
    }

    @Override
    public void close() {
        service.close();
        meters.close();
    }
}
