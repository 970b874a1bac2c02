package io.afterimage.drills;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * One node of a Kafka cluster, in a process of its own. It is given a properties file of a broker; on SIGTERM it stops as a
 * broker should. The embedded broker of the demo will not do: it is a cluster by itself.
 */
final class BrokerNode {
    /** Of a cluster of nodes; every one has to be told the same. */
    private static final String CLUSTER_ID = "ZHJpbGxzLWNsdXN0ZXItMQ";

    private BrokerNode() {}

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
            properties.load(reader);
        }
        String directory = properties.getProperty("log.dirs");
        Files.createDirectories(Path.of(directory));
        if (!Files.exists(Path.of(directory, "meta.properties"))) {
            format(properties, directory);
        }
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.shutdown();
            server.awaitShutdown();
        }));
        server.startup();
        System.out.println("Broker ready");
        server.awaitShutdown();
    }

    private static void format(Properties properties, String directory) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(Integer.parseInt(properties.getProperty("node.id")))
                .setClusterId(CLUSTER_ID)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setControllerListenerName(properties.getProperty("controller.listener.names"))
                .setDirectories(List.of(directory))
                .setMetadataLogDirectory(directory)
                .run();
    }
}
