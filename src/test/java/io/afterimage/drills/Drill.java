package io.afterimage.drills;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.guarantee.Answers;
import io.afterimage.guarantee.Child;
import io.afterimage.guarantee.ExactlyOnceGuarantee;
import io.afterimage.guarantee.Feed;
import io.afterimage.guarantee.MinutesChangelog;
import io.afterimage.stream.TopicAdministration;
import io.afterimage.stream.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupState;

/**
 * A service under steady load to which something happens: the cluster, the instances, the images, and what became of them.
 * The settings are those the service has by itself, but for the standby copies that the Helm chart asks for.
 */
final class Drill implements AutoCloseable {
    static final Topics TOPICS = Topics.DEFAULT;
    static final int PARTITIONS = 6;
    static final int IMAGES_PER_SECOND = 300;

    /** What the service is held to when an instance comes or goes as planned: no image waits longer. */
    static final Duration HAND_OVER = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String APPLICATION_ID = "drill";

    private final String name;
    private final Path directory;
    private final Cluster cluster;
    private final Map<String, Child> instances = new LinkedHashMap<>();
    private final ExactlyOnceGuarantee guarantee = new ExactlyOnceGuarantee(TOPICS);
    private final Feed feed;
    private final Watch watch;
    private final long begin = System.nanoTime();
    private long mark = begin;

    private Drill(String name, Path directory, Cluster cluster) {
        this.name = name;
        this.directory = directory;
        this.cluster = cluster;
        feed = Feed.start(cluster.client(), TOPICS, IMAGES_PER_SECOND, guarantee);
        watch = new Watch(cluster.client(), PARTITIONS, TOPICS, feed);
    }

    /** Makes the topics and lets images come. */
    static Drill begin(String name, Path directory, Cluster cluster) {
        try (Admin admin = Admin.create(cluster.client())) {
            List<TopicAdministration.Outcome> outcomes =
                    new TopicAdministration(admin, TOPICS).create(PARTITIONS, TopicAdministration.BROKERS_CHOICE);
            assertThat(outcomes).hasOnlyElementsOfType(TopicAdministration.Created.class);
        }
        return new Drill(name, directory, cluster);
    }

    /**
     * Starts an instance.
     *
     * @param instance names its folder of state: one that is started again finds its own
     * @param settings environment variables that win over those of all instances
     */
    Child serve(String instance, Map<String, String> settings) throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AFTERIMAGE_HEAP", "384m",
                "JAVA_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                "KAFKA_BOOTSTRAP_SERVERS", cluster.serversForService(),
                "KAFKA_NUM_STANDBY_REPLICAS", "1",
                "AFTERIMAGE_TOPICS_PREFIX", TOPICS.prefix(),
                "AFTERIMAGE_APPLICATION_ID", APPLICATION_ID,
                "AFTERIMAGE_STATE_DIR", directory.resolve(instance).toString(),
                "AFTERIMAGE_HTTP_HOST", "127.0.0.1",
                "AFTERIMAGE_HTTP_PORT", "0"));
        environment.putAll(settings);
        Child child = Child.start(
                instance,
                List.of(System.getProperty("afterimage.launcher"), "serve"),
                environment,
                Files.createTempFile(directory, instance + "-", ".log"));
        instances.put(instance, child);
        return child;
    }

    /** Ends an instance with SIGTERM, as Kubernetes does; it must end cleanly. */
    void terminate(String instance) throws InterruptedException {
        Child child = instance(instance);
        assertThat(child.terminate()).as("exit code%s", child.tail()).isZero();
        instances.remove(instance);
    }

    /** Waits until an instance has ended by itself, with an error; from now on it is missed no more. */
    Child awaitEnd(String instance) throws InterruptedException {
        Child child = instance(instance);
        assertThat(child.awaitExit()).as("exit code%s", child.tail()).isEqualTo(1);
        instances.remove(instance);
        return child;
    }

    private Child instance(String name) {
        Child child = instances.get(name);
        assertThat(child).as(name).isNotNull();
        return child;
    }

    /** Now something happens: the figures count from here. */
    void mark() {
        mark = System.nanoTime();
    }

    /** Time since {@link #mark}. */
    Duration sinceMark() {
        return Duration.ofNanos(System.nanoTime() - mark);
    }

    /** Waits until images are answered promptly again in every partition; how long ago that has been so. */
    Duration awaitSteady() {
        return watch.awaitSteady(System.nanoTime(), this::requireAlive);
    }

    /** Waits until so many instances have partitions of the images, none of which is on its way. */
    void awaitShared(int members) throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Admin admin = Admin.create(cluster.client())) {
            while (!shared(admin, members)) {
                requireAlive();
                assertThat(System.nanoTime() - deadline)
                        .as("not within %s: %d instances share the images", PATIENCE, members)
                        .isNegative();
                Thread.sleep(100);
            }
        }
    }

    private static boolean shared(Admin admin, int members) throws InterruptedException, ExecutionException {
        ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(APPLICATION_ID))
                .all()
                .get()
                .values()
                .iterator()
                .next();
        List<Integer> shares = group.members().stream()
                .map(member -> member.assignment().topicPartitions().size())
                .filter(share -> share > 0)
                .toList();
        return group.groupState() == GroupState.STABLE
                && shares.size() == members
                && shares.stream().mapToInt(Integer::intValue).sum() == PARTITIONS;
    }

    Duration longestWait() {
        return watch.longestWait(mark);
    }

    Duration longestSilence() {
        return watch.longestSilence(mark);
    }

    private void requireAlive() {
        instances.values().forEach(Child::requireAlive);
    }

    /**
     * Ends the drill: every image must have been answered once, by instances that run and then stop cleanly.
     *
     * @param figures what was measured, for the printed line
     */
    void conclude(String figures) throws InterruptedException {
        watch.close();
        feed.stop();
        try (Answers answers = new Answers(cluster.client(), PARTITIONS, TOPICS, guarantee)) {
            answers.readUntilBalanced();
            requireAlive();
            for (String instance : List.copyOf(instances.keySet())) {
                terminate(instance);
            }
            answers.readToTheEnd();
        }
        guarantee.verify();
        assertThat(MinutesChangelog.imagesByStream(cluster.client(), PARTITIONS, APPLICATION_ID))
                .as("what the state store counted")
                .isEqualTo(guarantee.readableByStream());
        ExactlyOnceGuarantee.Account account = guarantee.account();
        System.out.printf(
                Locale.ROOT,
                "drill: %-18s %3d s  %,d images in, each answered once (%,d scores, %,d dead letters); %s%n",
                name,
                Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                account.published(),
                account.scored(),
                account.deadLetters(),
                figures);
    }

    /** Seconds with one digit, for a printed line. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    @Override
    public void close() {
        watch.close();
        feed.close();
        instances.values().forEach(Child::close);
        cluster.close();
    }
}
