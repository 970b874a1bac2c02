package io.afterimage.registry;

import io.afterimage.model.ModelArtifact;
import io.afterimage.wire.CurrentPointer;
import io.afterimage.wire.EventSerdes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A process that publishes one model after another until it is killed. */
final class PublishingProcess {
    /** Eight chunks: enough of a middle to be killed in. */
    private static final int WEIGHTS = 8 * ModelsTopic.CHUNK_BYTES;

    private PublishingProcess() {}

    /** How it publishes. */
    enum Manner {
        /** As the service does. */
        WHOLE,
        /** Broken: the pointer before the model, and no transaction. */
        POINTER_FIRST
    }

    static Process start(Registry registry, Manner manner, int seed, Path output) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PublishingProcess.class.getName(),
                registry.topic(),
                registry.deployment().topics().modelEvents(),
                registry.name(),
                manner.name(),
                Integer.toString(seed)));
        registry.client().forEach((property, value) -> command.add(property + "=" + value));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    public static void main(String[] args) throws Exception {
        String topic = args[0];
        String name = args[2];
        Manner manner = Manner.valueOf(args[3]);
        Map<String, Object> client = new HashMap<>();
        for (String property : List.of(args).subList(5, args.length)) {
            int equals = property.indexOf('=');
            client.put(property.substring(0, equals), property.substring(equals + 1));
        }
        try (ModelPublisher publisher = new ModelPublisher(
                        client,
                        client,
                        topic,
                        args[1],
                        name,
                        ModelSignatures.NOT_REQUIRED,
                        Clock.systemUTC(),
                        "to be killed");
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int seed = Integer.parseInt(args[4]); ; seed++) {
                ModelArtifact model = SmallModel.of(name, seed, WEIGHTS);
                if (manner == Manner.WHOLE) {
                    publisher.publish(model, true, "test", ModelPublisher.DEFAULT_KEEP);
                } else {
                    pointerFirst(producer, topic, model);
                }
            }
        }
    }

    private static void pointerFirst(KafkaProducer<byte[], byte[]> producer, String topic, ModelArtifact model)
            throws Exception {
        String name = model.manifest().name();
        String version = model.manifest().version();
        CurrentPointer pointer = CurrentPointer.of(version, List.of(), "test", Instant.EPOCH);
        byte[] json = EventSerdes.currentPointer().serializer().serialize(topic, pointer);
        put(producer, topic, new ModelKey.Current(name), json);
        for (int i = 0; i < WEIGHTS / ModelsTopic.CHUNK_BYTES; i++) {
            int start = i * ModelsTopic.CHUNK_BYTES;
            byte[] chunk = Arrays.copyOfRange(model.weights(), start, start + ModelsTopic.CHUNK_BYTES);
            put(producer, topic, new ModelKey.Chunk(name, version, i), chunk);
        }
        put(producer, topic, new ModelKey.Manifest(name, version), model.manifestBytes());
    }

    private static void put(KafkaProducer<byte[], byte[]> producer, String topic, ModelKey key, byte[] value)
            throws Exception {
        producer.send(new ProducerRecord<>(topic, 0, key.bytes(), value)).get();
    }
}
