package io.afterimage.cli;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.Raster;
import io.afterimage.stream.Topics;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ImageEvent;
import io.afterimage.wire.ScoreEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Takes the place of the scoring service where only the command line is tested: bright images are anomalous. */
final class StandInService {
    private volatile boolean stopped;

    private StandInService() {}

    static ServiceStart.Started start(String bootstrapServers, int httpPort, Path stateDirectory) {
        return start(Map.of("bootstrap.servers", bootstrapServers), httpPort, stateDirectory);
    }

    static ServiceStart.Started start(Map<String, Object> client, int httpPort, Path stateDirectory) {
        StandInService service = new StandInService();
        Thread thread = new Thread(() -> service.score(client), "stand-in-service");
        thread.start();
        String address = "http://localhost:%d/metrics?state=%s".formatted(httpPort, stateDirectory);
        return new ServiceStart.Started(address, () -> true, new CompletableFuture<>(), () -> {
            service.stopped = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // closing the producer waits for them
    private void score(Map<String, Object> client) {
        Map<String, Object> fromTheBeginning = new HashMap<>(client);
        fromTheBeginning.put("auto.offset.reset", "earliest");
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        try (var consumer = new KafkaConsumer<>(
                        fromTheBeginning, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var producer = new KafkaProducer<>(
                        client, new ByteArraySerializer(), EventSerdes.score().serializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.DEFAULT.images()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            while (!stopped) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    producer.send(new ProducerRecord<>(
                            Topics.DEFAULT.scores(), record.key(), score(ImageEvent.of(record), decoder)));
                }
            }
        } catch (ImageRejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ScoreEvent score(ImageEvent image, ImageDecoder decoder) throws ImageRejectedException {
        Raster raster = decoder.decode(image.bytes(), image.contentType());
        double sum = 0;
        for (byte sample : raster.samples()) {
            sum += sample & 0xFF;
        }
        double brightness = sum / raster.samples().length;
        double pValue = brightness > 60 ? 0.001 : 0.5;
        return new ScoreEvent(
                image.id(),
                image.stream(),
                new ScoreEvent.Source(image.topic(), image.partition(), image.offset()),
                image.time().toString(),
                new ScoreEvent.Model("stand-in", "1"),
                brightness,
                Map.of("brightness", brightness),
                pValue,
                0.01,
                pValue <= 0.01 ? "anomalous" : "normal");
    }
}
