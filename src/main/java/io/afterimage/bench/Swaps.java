package io.afterimage.bench;

import io.afterimage.model.CurrentModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.registry.ModelWatcher;
import io.afterimage.registry.ModelsTopic;
import io.afterimage.stream.Topics;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Promotes one of two versions and the other in turn, once a second, on the models topic, and takes over what becomes current as
 * the service does. {@link #scored} tells it what scores, so that it knows how long each promotion took to arrive.
 */
final class Swaps implements StreamBench.Disturbance, ModelWatcher.Listener {
    private static final int WARM_UP_BATCH = 64;
    private static final int KEEP = 2;
    private static final long CLOSING_SECONDS = 20;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Long> asked = new ConcurrentHashMap<>();
    private final List<Double> millis = new CopyOnWriteArrayList<>();
    private final List<String> rejected = new CopyOnWriteArrayList<>();
    private final CurrentModel<ScoringModel> models;
    private final ModelPublisher publisher;
    private final ModelWatcher watcher;
    private final ScheduledFuture<?> promoting;
    private int promotions;

    /** @param versions two of the same name; both are published, neither is current yet */
    Swaps(String bootstrapServers, Topics topics, CurrentModel<ScoringModel> models, List<ModelArtifact> versions)
            throws ModelRejectedException {
        this.models = models;
        Map<String, Object> client = Map.of("bootstrap.servers", bootstrapServers);
        String name = versions.get(0).manifest().name();
        publisher = new ModelPublisher(
                client,
                client,
                topics.models(),
                topics.modelEvents(),
                name,
                ModelSignatures.NOT_REQUIRED,
                Clock.systemUTC(),
                "afterimage bench");
        for (ModelArtifact version : versions) {
            publisher.publish(version, false, "to be swapped", KEEP);
        }
        watcher = new ModelWatcher(
                new ModelsTopic(client, topics.models(), Optional.of(name), ModelSignatures.NOT_REQUIRED), name, this);
        List<String> names =
                versions.stream().map(version -> version.manifest().version()).toList();
        promoting = thread.scheduleAtFixedRate(
                () -> promote(names.get(promotions++ % names.size())), 0, 1, TimeUnit.SECONDS);
    }

    private void promote(String version) {
        asked.put(version, System.nanoTime());
        try {
            publisher.promote(version, "a swap");
        } catch (ModelRejectedException e) {
            throw new IllegalStateException("version " + version + " cannot be promoted", e);
        }
    }

    @Override
    public void onModel(ModelArtifact artifact, long generation) throws ModelRejectedException {
        try (CurrentModel.Lease<ScoringModel> lease = models.lease()) {
            if (lease.model().manifest().version().equals(artifact.manifest().version())) {
                return;
            }
        }
        ScoringModel model = ScoringModel.load(artifact);
        model.analyse(new float[WARM_UP_BATCH * model.shape().size()], WARM_UP_BATCH);
        models.swap(model, generation);
    }

    @Override
    public void onRejected(String version, String reason) {
        rejected.add(version + ": " + reason);
    }

    /** A batch was scored with that version. */
    void scored(String version) {
        Long since = asked.remove(version);
        if (since != null) {
            millis.add((System.nanoTime() - since) / 1e6);
        }
    }

    /** From each order to promote, its transaction included, to the end of the first batch that was scored with the version. */
    List<Double> millisUntilScored() {
        return List.copyOf(millis);
    }

    @Override
    public void check() {
        if (promoting.isDone() || !rejected.isEmpty() || millis.isEmpty()) {
            throw new IllegalStateException(
                    "swapping ended by itself after %d promotions; rejected: %s".formatted(promotions, rejected));
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a promotion does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watcher.close();
        publisher.close();
    }
}
