package io.afterimage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.afterimage.model.ModelArtifact;
import io.afterimage.wire.CurrentPointer;
import io.afterimage.wire.EventSerdes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two who publish versions of the same model at once. */
@Tag("kafka")
class TwoPublishersIT extends RegistryCase {
    private static final int EACH = 8;

    @Test
    void theOneThatBeginsLaterFencesTheOtherWhichSaysSoAndMayTryAgain() throws Exception {
        String first = registry.publish(1);
        ModelArtifact second = SmallModel.of(registry.name(), 2);
        String third = SmallModel.of(registry.name(), 3).manifest().version();
        try (ModelPublisher slow = registry.publisher(new Meanwhile(() -> registry.publish(3)))) {
            assertThatExceptionOfType(PublisherFencedException.class)
                    .isThrownBy(() -> slow.publish(second, true, "test", 5))
                    .withMessageContaining("another publisher of model " + registry.name() + " came in between")
                    .withMessageContaining("nothing was changed");
            assertThat(registry.startsWith()).isEqualTo(third);
            try (ModelsTopic reader = registry.reader()) {
                assertThat(reader.versions(registry.name()))
                        .extracting(StoredVersion::version)
                        .containsExactly(third, first);
            }

            assertThat(slow.publish(second, true, "again", 5).from()).isEqualTo(third);
        }
        assertThat(registry.startsWith()).isEqualTo(second.manifest().version());
        assertThat(complaints()).isEmpty();
    }

    @Test
    void changesOfBothFollowOneAnother() throws Exception {
        registry.publish(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        int published = 0;
        try {
            List<Future<Integer>> both = List.of(threads.submit(publishing(100)), threads.submit(publishing(200)));
            for (Future<Integer> one : both) {
                published += one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(published).isPositive();
        assertThat(pointers()).hasSize(1 + published);
        assertThat(complaints()).isEmpty();
    }

    /** How many it published; those that were fenced are not tried again. */
    private Callable<Integer> publishing(int seed) {
        return () -> {
            int published = 0;
            try (ModelPublisher publisher = registry.publisher()) {
                for (int i = 0; i < EACH; i++) {
                    try {
                        publisher.publish(SmallModel.of(registry.name(), seed + i), true, "test", 5);
                        published++;
                    } catch (PublisherFencedException e) {
                        assertThat(e).hasMessageContaining("nothing was changed");
                    }
                }
            }
            return published;
        };
    }

    @Test
    void publishersThatDoNotFenceEachOtherAreCaught() throws Exception {
        String first = registry.publish(1);
        String second = registry.publish(2);
        ModelArtifact third = SmallModel.of(registry.name(), 3);
        // It read the pointer before the second version was published.
        deployment.send(List.of(
                registry.chunk(third, 0),
                registry.chunk(third, 1),
                registry.chunk(third, 2),
                registry.manifest(third),
                registry.pointer(third.manifest().version(), first)));

        assertThat(complaints()).singleElement().asString().contains("forgets " + second);
    }

    /** No version is torn, and every change begins from the one before. */
    private List<String> complaints() {
        List<String> complaints = new ArrayList<>(registry.complaints());
        String before = "";
        for (CurrentPointer pointer : pointers()) {
            if (!before.isEmpty() && !pointer.previous().contains(before)) {
                complaints.add("the pointer to %s forgets %s".formatted(pointer.version(), before));
            }
            before = pointer.version();
        }
        return complaints;
    }

    private List<CurrentPointer> pointers() {
        List<CurrentPointer> pointers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : deployment.committed(registry.topic())) {
            if (ModelKey.parse(record.key()).orElse(null) instanceof ModelKey.Current key
                    && key.name().equals(registry.name())) {
                pointers.add(EventSerdes.currentPointer().deserializer().deserialize(record.topic(), record.value()));
            }
        }
        return pointers;
    }
}
