package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.fail;

import io.afterimage.stream.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** How far the instances of a service have come, as anybody can see it who may ask the broker. */
final class Progress implements AutoCloseable {
    /** Covers the start of a JVM and the session of a killed instance many times over. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Admin admin;
    private final Topics topics;
    private final String group;

    Progress(Deployment deployment, Topics topics) {
        this.admin = Admin.create(deployment.client(Map.of()));
        this.topics = topics;
        this.group = Deployment.applicationId(topics);
    }

    /** Images whose answers were committed: the sum of the group's offsets. Grows by commits only, not by aborts. */
    long committedImages() {
        return committed().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Waits until so many more images than now are committed. */
    void awaitImages(long more, Child... instances) {
        long target = committedImages() + more;
        await("%d more images".formatted(more), () -> committedImages() >= target, instances);
    }

    /** Waits for the next commit. */
    void awaitCommit(Child... instances) {
        awaitImages(1, instances);
    }

    /** Waits until the group has so many members with partitions and a commit has moved in every partition. */
    void awaitAllWorking(int members, Child... instances) {
        await("%d members with partitions".formatted(members), () -> workingMembers() == members, instances);
        Map<TopicPartition, Long> before = committed();
        await(
                "every partition moving",
                () -> {
                    Map<TopicPartition, Long> now = committed();
                    return now.size() == Deployment.PARTITIONS
                            && now.entrySet().stream()
                                    .allMatch(entry -> entry.getValue() > before.getOrDefault(entry.getKey(), 0L));
                },
                instances);
    }

    private int workingMembers() {
        Collection<MemberDescription> members = get(() -> {
            try {
                return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                        .flatMap(description -> description.members().stream())
                        .toList();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof GroupIdNotFoundException) {
                    return List.of(); // the first instance has not joined yet
                }
                throw e;
            }
        });
        return (int) members.stream()
                .filter(member -> !member.assignment().topicPartitions().isEmpty())
                .count();
    }

    private Map<TopicPartition, Long> committed() {
        Map<TopicPartition, OffsetAndMetadata> offsets = get(() -> admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get());
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (offset != null && partition.topic().equals(topics.images())) {
                committed.put(partition, offset.offset());
            }
        });
        return committed;
    }

    private static void await(String what, BooleanSupplier reached, Child... instances) {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .atMost(PATIENCE)
                    .until(() -> {
                        for (Child instance : instances) {
                            instance.requireAlive();
                        }
                        return reached.getAsBoolean();
                    });
        } catch (ConditionTimeoutException e) {
            StringBuilder tails = new StringBuilder();
            for (Child instance : instances) {
                tails.append(instance.tail());
            }
            fail("not within %s: %s%s".formatted(PATIENCE, what, tails), e);
        }
    }

    private interface Question<T> {
        T ask() throws ExecutionException, InterruptedException;
    }

    private static <T> T get(Question<T> question) {
        try {
            return question.ask();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
