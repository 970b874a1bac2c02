package io.afterimage.demo;

import io.afterimage.stream.TopicAdministration;
import io.afterimage.stream.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** A broker with the default topics, and a folder beside it; closed, both are gone without a trace. */
public final class ThrowawayKafka implements AutoCloseable {
    private final TemporaryFolder folder;
    private final EmbeddedBroker broker;

    private ThrowawayKafka(TemporaryFolder folder, EmbeddedBroker broker) {
        this.folder = folder;
        this.broker = broker;
    }

    /** Starts it on any free port; returns when the topics are there. */
    public static ThrowawayKafka start() throws Exception {
        TemporaryFolder folder = TemporaryFolder.create();
        try {
            ThrowawayKafka kafka = new ThrowawayKafka(
                    folder, EmbeddedBroker.start(folder.path().resolve("broker"), 0));
            kafka.createTopics();
            return kafka;
        } catch (Exception e) {
            folder.close();
            throw e;
        }
    }

    private void createTopics() {
        try (Admin admin = Admin.create(client())) {
            new TopicAdministration(admin, Topics.DEFAULT)
                    .create(TopicAdministration.DEFAULT_PARTITIONS, TopicAdministration.BROKERS_CHOICE);
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** What a client needs to connect. */
    public Map<String, Object> client() {
        return Map.of("bootstrap.servers", bootstrapServers());
    }

    /** A place in the folder. */
    public Path path(String name) {
        return folder.path().resolve(name);
    }

    @Override
    public void close() throws IOException {
        try {
            broker.close();
        } finally {
            folder.close();
        }
    }
}
