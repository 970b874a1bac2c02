package io.afterimage.cli;

import io.afterimage.demo.Feed;
import io.afterimage.demo.GroundTruth;
import io.afterimage.demo.Pace;
import io.afterimage.demo.StoryTally;
import io.afterimage.demo.StoryTally.Phase;
import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageSet;
import io.afterimage.stream.Topics;
import io.afterimage.wire.EventSerdes;
import io.afterimage.wire.ImagePublisher;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Plays the life of a model: digits, then the same digits inverted. Only the feed is scripted; drift, training, promotion and
 * swap are the retrainer's and the service's own doing, and this only looks on.
 */
final class StoryRun {
    private static final long SEED = 20261123;
    private static final int IMAGES_BEFORE = 2_000;
    /** Verdicts of the new model to count alarms of. */
    private static final int IMAGES_AFTER = 2_000;

    private static final double RATE = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(6);
    private static final Duration LAST_VERDICTS = Duration.ofSeconds(20);
    private static final Duration SHOWN_EVERY = Duration.ofSeconds(2);

    private final Map<String, Object> client;
    private final BooleanSupplier stopped;
    private final PrintWriter out;
    private final StoryTally tally = new StoryTally();
    private volatile boolean over;
    private volatile @Nullable Exception failure;

    StoryRun(Map<String, Object> client, BooleanSupplier stopped, PrintWriter out) {
        this.client = client;
        this.stopped = stopped;
        this.out = out;
    }

    /** Plays until the new model has given enough verdicts, or patience is at its end. */
    StoryTally play(Runnable check) throws Exception {
        Thread feed = new Thread(this::feed, "feed");
        feed.setDaemon(true);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            feed.start();
            long start = System.nanoTime();
            long shown = start;
            @Nullable String said = null;
            while (!stopped.getAsBoolean()
                    && feed.isAlive()
                    && tally.scored(Phase.AFTER) < IMAGES_AFTER
                    && System.nanoTime() - start < PATIENCE.toNanos()) {
                read(consumer);
                check.run();
                String reason = tally.lastReason();
                if (reason != null && !reason.equals(said)) {
                    out.printf("%s%n", reason);
                    said = reason;
                }
                if (System.nanoTime() - shown > SHOWN_EVERY.toNanos()) {
                    shown = System.nanoTime();
                    out.println(line((System.nanoTime() - start) / 1e9));
                    out.flush();
                }
            }
            over = true;
            feed.join();
            long deadline = System.nanoTime() + LAST_VERDICTS.toNanos();
            while (tally.lost() > 0 && System.nanoTime() < deadline && !stopped.getAsBoolean()) {
                read(consumer);
            }
        }
        Exception thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        return tally;
    }

    private String line(double seconds) {
        return String.format(
                Locale.ROOT,
                "%3.0f s: before %d images, %s alarms; since the change %d, %s; with the new model %d, %s",
                seconds,
                tally.scored(Phase.BEFORE),
                percent(Phase.BEFORE),
                tally.scored(Phase.DURING),
                percent(Phase.DURING),
                tally.scored(Phase.AFTER),
                percent(Phase.AFTER));
    }

    private String percent(Phase phase) {
        double rate = tally.alarmRate(phase);
        return Double.isNaN(rate) ? "no" : String.format(Locale.ROOT, "%.1f %%", 100 * rate);
    }

    private void feed() {
        // The shipped model has not seen these; and afterwards every picture comes once before any comes again, so that
        // the new model is not judged on what it learned from.
        try (ImageSet unseen = ImageSet.open("builtin:digits-test");
                ImageSet all = ImageSet.open("builtin:digits");
                ImageSet fashion = ImageSet.open("builtin:fashion");
                ImagePublisher publisher = new ImagePublisher(client, Topics.DEFAULT.images(), Clock.systemUTC())) {
            ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
            Feed before = new Feed(unseen, fashion, decoder, new SplittableRandom(SEED));
            Feed after = new Feed(all, fashion, decoder, new SplittableRandom(SEED));
            Pace pace = new Pace(RATE);
            for (int sent = 0; pace.next(() -> over || stopped.getAsBoolean()); sent++) {
                boolean changed = sent >= IMAGES_BEFORE;
                Feed.Picture picture = changed ? after.next(GroundTruth.INVERTED) : before.next(GroundTruth.DIGIT);
                String id = (changed ? "inverted-" : "digit-") + picture.id();
                tally.published(id, changed);
                publisher.publish(picture.stream(), id, picture.encoded());
            }
            publisher.flush();
        } catch (Exception e) {
            failure = e;
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (record.topic().equals(Topics.DEFAULT.scores())) {
                tally.scored(EventSerdes.score().deserializer().deserialize(record.topic(), record.value()));
            } else {
                tally.happened(EventSerdes.modelEvent().deserializer().deserialize(record.topic(), record.value()));
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> all = new LinkedHashMap<>(client);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : List.of(Topics.DEFAULT.scores(), Topics.DEFAULT.modelEvents())) {
            consumer.partitionsFor(topic)
                    .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        consumer.assign(partitions);
        return consumer;
    }
}
