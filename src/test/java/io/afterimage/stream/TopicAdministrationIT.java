package io.afterimage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.stream.TopicAdministration.Created;
import io.afterimage.stream.TopicAdministration.Description;
import io.afterimage.stream.TopicAdministration.Existing;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
class TopicAdministrationIT {
    @TempDir
    private Path directory;

    @Test
    void makesWhatIsMissingAndLeavesTheRest() throws Exception {
        try (Deployment deployment = Deployment.shared(directory);
                Admin admin = deployment.admin()) {
            Topics topics = new Topics("fresh");
            TopicAdministration administration = new TopicAdministration(admin, topics);

            assertThat(administration.create(2, (short) 1))
                    .containsExactlyElementsOf(topics.all().stream()
                            .map(topic ->
                                    (TopicAdministration.Outcome) new Created(topic, topic.contains(".model") ? 1 : 2))
                            .toList());
            assertThat(administration.describe()).hasSize(13).allMatch(Description::exists);

            admin.deleteTopics(List.of(topics.scores())).all().get();
            deployment.configure(topics.images(), "max.message.bytes", "1000");
            assertThat(administration.create(2, (short) 1))
                    .anySatisfy(outcome -> assertThat(outcome).isEqualTo(new Created(topics.scores(), 2)));

            assertThat(administration.create(3, (short) 1))
                    .hasSize(13)
                    .allSatisfy(outcome -> assertThat(outcome)
                            .isInstanceOfSatisfying(
                                    Existing.class,
                                    existing -> assertThat(existing.differences())
                                            .hasSize(differences(topics, existing.topic()))));
        }
    }

    private static int differences(Topics topics, String topic) {
        return topic.equals(topics.images()) ? 2 : topic.contains(".model") ? 0 : 1;
    }

    /** A broker that learns of a new topic late answers for it as it does for one that does not exist. */
    @Test
    void waitsForABrokerThatHasNotHeardOfTheNewTopicsYet() throws Exception {
        try (Deployment deployment = Deployment.shared(directory);
                Admin admin = deployment.admin()) {
            AtomicInteger asked = new AtomicInteger();
            Admin late = (Admin) Proxy.newProxyInstance(
                    Admin.class.getClassLoader(),
                    new Class<?>[] {Admin.class},
                    (proxy, method, arguments) -> method.getName().equals("listOffsets") && asked.incrementAndGet() <= 3
                            ? admin.listOffsets(Map.of(new TopicPartition("unheard-of", 0), OffsetSpec.latest()))
                            : method.invoke(admin, arguments));
            Topics topics = new Topics("late");

            assertThat(new TopicAdministration(late, topics).create(1, (short) 1))
                    .hasSize(topics.all().size())
                    .allMatch(Created.class::isInstance);

            assertThat(asked).hasValue(4);
        }
    }
}
