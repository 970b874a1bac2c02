package io.afterimage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.PublishingProcess.Manner;
import io.afterimage.registry.Registry.Told;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishers that are killed at work. Whatever they leave behind, there is a good model, and the next one publishes. */
@Tag("kafka")
class PublishKillIT extends RegistryCase {
    private static final int KILLS = 12;
    private static final int LATEST_KILL_MS = 200;

    @TempDir
    private static Path directory;

    /**
     * How it went.
     *
     * @param complaints what a reader saw that it must not see
     * @param inTheMiddle kills that left chunks without a pointer behind
     */
    private record Outcome(List<String> complaints, int inTheMiddle) {}

    @Test
    void aKilledPublisherLeavesAGoodModelAndTheNextOneSucceeds() throws Exception {
        Outcome outcome = kill(Manner.WHOLE, KILLS);

        assertThat(outcome.complaints()).isEmpty();
        assertThat(outcome.inTheMiddle()).isGreaterThanOrEqualTo(KILLS / 4);
        String next = registry.publish(2);
        assertThat(registry.startsWith()).isEqualTo(next);
        assertThat(registry.complaints()).isEmpty();
    }

    @Test
    void aPublisherThatBeginsWithThePointerIsCaught() throws Exception {
        Outcome outcome = kill(Manner.POINTER_FIRST, 2);

        assertThat(outcome.complaints()).anyMatch(complaint -> complaint.contains("a fresh reader"));
        assertThat(outcome.complaints()).anyMatch(complaint -> complaint.contains("the watcher"));
    }

    private Outcome kill(Manner manner, int kills) throws Exception {
        List<String> complaints = new ArrayList<>();
        int inTheMiddle = 0;
        Random moments = new Random(7);
        registry.publish(1);
        Told told = new Told();
        try (ModelWatcher watcher = registry.watcher(told);
                Uncommitted uncommitted = new Uncommitted(registry)) {
            watcher.startUp(Registry.SOON);
            for (int i = 0; i < kills; i++) {
                Path output = directory.resolve("%s-%d.log".formatted(registry.name(), i));
                Process publisher = PublishingProcess.start(registry, manner, 1000 * (i + 1), output);
                try {
                    uncommitted.awaitUpload(publisher);
                    if (i % 2 == 1) {
                        Thread.sleep(moments.nextInt(LATEST_KILL_MS));
                    }
                } finally {
                    publisher.destroyForcibly().waitFor();
                }
                inTheMiddle += uncommitted.endsInTheMiddle() ? 1 : 0;
                complaints.addAll(look(watcher, told, "after kill " + i));
            }
        }
        return new Outcome(complaints, inTheMiddle);
    }

    private List<String> look(ModelWatcher watcher, Told told, String when) throws InterruptedException {
        List<String> complaints = new ArrayList<>();
        try (ModelsTopic fresh = registry.reader()) {
            String current = fresh.current(registry.name()).orElseThrow().version();
            fresh.load(registry.name(), current);
            watcher.awaitLatest(Registry.SOON);
            if (!told.models.get(told.models.size() - 1).equals(current)) {
                complaints.add("%s the watcher has not taken %s".formatted(when, current));
            }
        } catch (ModelRejectedException e) {
            complaints.add("%s a fresh reader finds that %s".formatted(when, e.getMessage()));
        }
        told.rejected.forEach(rejected -> complaints.add("%s the watcher rejects %s".formatted(when, rejected)));
        told.rejected.clear();
        return complaints;
    }
}
