package io.afterimage.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.config.Configuration;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageFormat;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.Mutations;
import io.afterimage.image.Rejection;
import io.afterimage.metrics.OperatorMeters;
import io.afterimage.metrics.ScoringMetrics;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ScoringModel;
import io.afterimage.wire.DeadLetter;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ScoreEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.KafkaStreams;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that comes on the image topic stops the service, and every record leaves as one score or one dead letter. */
@Tag("kafka")
class BadInputIT {
    private static final int MUTATIONS_PER_FORMAT = 2_500;
    private static final String SCORED = "scored";

    @TempDir
    private static Path stateDirectory;

    private static Deployment broker;
    private static ScoringModel model;

    @BeforeAll
    static void start() throws Exception {
        broker = Deployment.shared(stateDirectory);
        model = ScoringModel.load(ModelArtifact.builtin());
    }

    @AfterAll
    static void stop() {
        broker.close();
        model.close();
    }

    /** Where a record is. */
    private record Place(String topic, int partition, long offset) {}

    @Test
    void everyRecordBecomesOneScoreOrOneDeadLetterWithTheRightReason() throws Exception {
        Deployment deployment = broker.another("damaged");
        // By default a broker refuses far-future timestamps at the door; older topics and other settings let them in.
        deployment.configure(
                deployment.topics().images(), "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
        List<BadImage> cases = new ArrayList<>(BadImage.all());
        cases.addAll(mutations());
        cases.add(BadImage.digit("the last one"));

        Map<Place, BadImage> sent = new HashMap<>();
        try (Running running = new Running(deployment)) {
            sent.putAll(running.send(cases));
            running.assertSameThreads();
        }

        Map<Place, String> outcomes = outcomes(deployment);
        assertThat(outcomes.keySet()).isEqualTo(sent.keySet());
        sent.forEach((place, image) -> assertThat(outcomes.get(place))
                .as(image.name())
                .isEqualTo(image.rejection().map(Rejection::label).orElse(SCORED)));
        Map<Place, ConsumerRecord<byte[], byte[]>> letters = new HashMap<>();
        deployment.committed(deployment.topics().deadLetters()).forEach(letter -> letters.put(place(letter), letter));
        letters.forEach((place, letter) -> {
            BadImage image = sent.get(place);
            assertThat(image).isNotNull();
            assertThat(letter.value()).as(image.name()).isEqualTo(image.value());
            assertThat(letter.key()).as(image.name()).isEqualTo(image.key());
            assertThat(letter.headers())
                    .as(image.name())
                    .filteredOn(header -> !DeadLetter.written().contains(header.key()))
                    .containsExactly(image.headers().toArray());
            assertThat(letter.headers().lastHeader(DeadLetter.TRUNCATED)).isNull();
        });
    }

    /** The first lets in less than an image, the second more than a producer sends by default. */
    @ParameterizedTest
    @ValueSource(ints = {100_000, 60 << 20})
    void aDeadLetterThatDoesNotFitIsCut(int deadLetterMaxBytes) throws Exception {
        Deployment deployment = broker.another("cut-" + deadLetterMaxBytes);
        deployment.configure(deployment.topics().images(), "max.message.bytes", Integer.toString(60 << 20));
        deployment.configure(
                deployment.topics().deadLetters(), "max.message.bytes", Integer.toString(deadLetterMaxBytes));
        byte[] large = new byte[30 << 20];
        List<BadImage> cases = List.of(
                BadImage.text("a large value").withValue(large),
                BadImage.text("large headers").with("trace", large),
                BadImage.text("a large key").withKey(large),
                BadImage.text("all large")
                        .withValue(new byte[10 << 20])
                        .withKey(new byte[10 << 20])
                        .with("trace", new byte[10 << 20]),
                BadImage.digit("the last one"));

        Map<Place, BadImage> sent;
        try (Running running = new Running(deployment)) {
            sent = running.send(cases);
            running.assertSameThreads();
        }

        assertThat(outcomes(deployment).keySet()).isEqualTo(sent.keySet());
        List<ConsumerRecord<byte[], byte[]>> letters =
                deployment.committed(deployment.topics().deadLetters());
        assertThat(letters).hasSize(4).allSatisfy(letter -> {
            BadImage image = sent.get(place(letter));
            assertThat(image).isNotNull();
            assertThat(text(letter.headers(), DeadLetter.TRUNCATED)).isEqualTo("" + image.valueLength());
        });
    }

    /** Seeded edits of valid files of every format; what becomes of each alone is what must become of it in the stream. */
    private static List<BadImage> mutations() {
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        List<BadImage> cases = new ArrayList<>();
        for (ImageFormat format : ImageFormat.values()) {
            Mutations mutations = new Mutations(format, new Random(format.name().hashCode()));
            for (int i = 0; i < MUTATIONS_PER_FORMAT; i++) {
                BadImage image = BadImage.digit(format + " mutation " + i).withValue(mutations.next());
                try {
                    decoder.decode(image.value(), null);
                } catch (ImageRejectedException e) {
                    image = image.rejectedAs(e.reason());
                }
                cases.add(image);
            }
        }
        Set<Boolean> fates = cases.stream().map(c -> c.rejection().isPresent()).collect(toSet());
        assertThat(fates).containsExactlyInAnyOrder(true, false);
        return cases;
    }

    /** What became of each image, by where the image was; none twice. */
    private static Map<Place, String> outcomes(Deployment deployment) {
        Map<Place, String> outcomes = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record :
                deployment.committed(deployment.topics().scores())) {
            ScoreEvent score = EventSerdes.score().deserializer().deserialize("", record.value());
            Place place = new Place(
                    score.source().topic(),
                    score.source().partition(),
                    score.source().offset());
            assertThat(outcomes.put(place, SCORED))
                    .as("earlier outcome of %s", place)
                    .isNull();
        }
        for (ConsumerRecord<byte[], byte[]> record :
                deployment.committed(deployment.topics().deadLetters())) {
            assertThat(outcomes.put(place(record), text(record.headers(), DeadLetter.REASON)))
                    .as("earlier outcome of %s", place(record))
                    .isNull();
        }
        return outcomes;
    }

    private static Place place(ConsumerRecord<byte[], byte[]> letter) {
        return new Place(
                text(letter.headers(), DeadLetter.TOPIC),
                Integer.parseInt(text(letter.headers(), DeadLetter.PARTITION)),
                Long.parseLong(text(letter.headers(), DeadLetter.OFFSET)));
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        assertThat(header).as(name).isNotNull();
        return new String(header.value(), UTF_8);
    }

    /** The real service, and the stream threads it began with. */
    private static final class Running implements AutoCloseable {
        private final Deployment deployment;
        private final OperatorMeters meters = new OperatorMeters();
        private final ScoringService service;
        private final Set<Thread> threads;

        Running(Deployment deployment) {
            this.deployment = deployment;
            Configuration configuration = deployment.configuration(Map.of());
            ScoringMetrics metrics = new ScoringMetrics(meters.registry(), 0.01);
            this.service = new ScoringService(
                    configuration,
                    ImageScorer.of(
                            configuration.service(),
                            ServedModels.of(new CurrentModel<>(model, 0), new Challenger()),
                            0,
                            metrics)::score,
                    ScoringService.Batching.LOOK_AHEAD,
                    deployment.deadLetterMaxBytes(),
                    metrics,
                    () -> {},
                    Optional.empty());
            service.start();
            Awaitility.await().until(() -> service.notReady().isEmpty());
            this.threads = streamThreads();
            assertThat(threads).hasSize(1);
        }

        /** Sends images, waits for what becomes of them and returns where they are. */
        Map<Place, BadImage> send(List<BadImage> images) throws Exception {
            List<ProducerRecord<byte[], byte[]>> records = images.stream()
                    .map(image -> image.on(deployment.topics().images()))
                    .toList();
            List<RecordMetadata> places = deployment.send(records);
            Map<Place, BadImage> sent = new HashMap<>();
            for (int i = 0; i < images.size(); i++) {
                RecordMetadata place = places.get(i);
                sent.put(new Place(place.topic(), place.partition(), place.offset()), images.get(i));
            }
            deployment.awaitOutcomes(images.size());
            return sent;
        }

        void assertSameThreads() {
            assertThat(service.streams().state()).isEqualTo(KafkaStreams.State.RUNNING);
            assertThat(streamThreads()).isEqualTo(threads);
        }

        private Set<Thread> streamThreads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread ->
                            thread.getName().startsWith(deployment.topics().prefix() + "-")
                                    && thread.getName().matches(".*-StreamThread-\\d+"))
                    .collect(toSet());
        }

        @Override
        public void close() {
            service.close();
            meters.close();
        }
    }
}
