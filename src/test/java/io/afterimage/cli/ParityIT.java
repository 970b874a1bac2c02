package io.afterimage.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.LabelledImage;
import io.afterimage.stream.Deployment;
import io.afterimage.stream.ShippedImages;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ScoreEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image has one score and one verdict, whichever way it comes and in whatever company. */
@Tag("kafka")
@Tag("service")
class ParityIT {
    private static final double TOLERANCE = 1e-5;
    private static final int DIGITS = 400;
    private static final int CLOTHES = 100;
    /** Every so many images is also sent alone. */
    private static final int ALONE = 5;

    @TempDir
    private static Path directory;

    private static final Map<String, byte[]> IMAGES = new TreeMap<>();
    private static Map<String, ScoreEvent> offline;
    private static Deployment broker;

    @BeforeAll
    static void scoreOffline() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("images"));
        List<LabelledImage> images = new ArrayList<>(ShippedImages.first(DIGITS, ShippedImages.DIGITS));
        images.addAll(ShippedImages.first(CLOTHES, ShippedImages.FASHION));
        for (int i = 0; i < images.size(); i++) {
            String name = "%03d.png".formatted(i * 7 % images.size());
            IMAGES.put(name, images.get(i).encoded());
            Files.write(folder.resolve(name), images.get(i).encoded());
        }
        offline = new HashMap<>();
        Invocation.succeed("score", "--images", folder.toString()).out().lines().forEach(line -> {
            ScoreEvent score = EventSerdes.score().deserializer().deserialize("", line.getBytes(UTF_8));
            offline.put(score.id(), score);
        });
        assertThat(offline).hasSize(DIGITS + CLOTHES).containsOnlyKeys(IMAGES.keySet());
        assertThat(offline.values().stream().map(ScoreEvent::verdict)).contains("normal", "anomalous");
        broker = Deployment.shared(directory.resolve("state"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void inAStreamOneAtATime() throws Exception {
        assertSame(streamed("single", "1"));
    }

    @Test
    void inAStreamInBatches() throws Exception {
        assertSame(streamed("batches", "64"));
    }

    @Test
    void aloneAfterARestart() throws Exception {
        Deployment deployment = broker.another("alone");
        List<ProducerRecord<byte[], byte[]>> records = records(deployment);
        try (LongRunning first = running(deployment, "64")) {
            deployment.send(records.subList(0, 1));
            deployment.awaitOutcomes(1);
            first.requireRunning();
            assertThat(deployment.members()).isEqualTo(1);
        }
        // Who leaves without a word keeps its partitions until its session ends.
        assertThat(deployment.members()).isZero();
        try (LongRunning second = running(deployment, "64");
                KafkaConsumer<byte[], byte[]> scores =
                        deployment.reader(List.of(deployment.topics().scores()))) {
            int seen = 0;
            for (int i = 0; i < records.size(); i += ALONE) {
                if (i > 0) {
                    deployment.send(records.subList(i, i + 1));
                }
                int wanted = i / ALONE + 1;
                long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while (seen < wanted && System.nanoTime() < deadline) {
                    seen += scores.poll(Duration.ofMillis(100)).count();
                }
                assertThat(seen).isEqualTo(wanted);
            }
            second.requireRunning();
        }

        Map<String, ScoreEvent> alone = scores(deployment);
        assertThat(alone).hasSize((DIGITS + CLOTHES) / ALONE);
        assertSame(alone);
    }

    private static Map<String, ScoreEvent> streamed(String prefix, String batchSize) throws Exception {
        Deployment deployment = broker.another(prefix);
        deployment.send(records(deployment));
        try (LongRunning service = running(deployment, batchSize)) {
            deployment.awaitOutcomes(IMAGES.size());
            service.requireRunning();
        }
        Map<String, ScoreEvent> scores = scores(deployment);
        assertThat(scores).containsOnlyKeys(IMAGES.keySet());
        return scores;
    }

    private static LongRunning running(Deployment deployment, String batchSize) throws Exception {
        return LongRunning.serve(deployment, Map.of("afterimage.batch.size", batchSize), directory);
    }

    private static List<ProducerRecord<byte[], byte[]>> records(Deployment deployment) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        IMAGES.forEach((id, png) -> {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(deployment.topics().images(), ("camera-" + id.charAt(2)).getBytes(UTF_8), png);
            record.headers().add("ce_id", id.getBytes(UTF_8));
            records.add(record);
        });
        return records;
    }

    private static Map<String, ScoreEvent> scores(Deployment deployment) {
        Map<String, ScoreEvent> scores = new HashMap<>();
        deployment.committed(deployment.topics().scores()).forEach(record -> {
            ScoreEvent score = EventSerdes.score().deserializer().deserialize("", record.value());
            assertThat(scores.put(score.id(), score)).as("earlier score").isNull();
        });
        return scores;
    }

    private static void assertSame(Map<String, ScoreEvent> scores) {
        double largest = 0;
        for (ScoreEvent score : scores.values()) {
            ScoreEvent expected = offline.get(score.id());
            assertThat(expected).isNotNull();
            largest = Math.max(largest, Math.abs(score.score() - expected.score()));
            for (Map.Entry<String, Double> part : expected.parts().entrySet()) {
                assertThat(score.parts()).containsKey(part.getKey());
                largest = Math.max(
                        largest, Math.abs(score.parts().getOrDefault(part.getKey(), Double.NaN) - part.getValue()));
            }
            assertThat(score.verdict()).as(score.id()).isEqualTo(expected.verdict());
            assertThat(score.pValue()).as(score.id()).isEqualTo(expected.pValue());
            assertThat(score.model()).isEqualTo(expected.model());
        }
        assertThat(largest).isLessThanOrEqualTo(TOLERANCE);
    }
}
