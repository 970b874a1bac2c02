package io.afterimage.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker of one node (KRaft, broker and controller in one) inside this JVM, for trying things out without
 * installing Kafka. It listens on the loopback address only unless told under which name others find it, without
 * authentication, and never creates a topic unasked. What it stored survives {@link #close()} and a kill of the process.
 *
 * <p>One broker takes about 200 MB of memory and some seconds to start.
 */
public final class EmbeddedBroker implements AutoCloseable {
    /** The largest record batch accepted, in bytes: a dead letter with an image of 16 MiB fits. */
    public static final int MAX_MESSAGE_BYTES = 17 << 20;

    private static final String HOST = "127.0.0.1";
    private static final int NODE = 1;
    private static final int ATTEMPTS = 5;

    private final KafkaRaftServer server;
    private final String host;
    private final int port;

    private EmbeddedBroker(KafkaRaftServer server, String host, int port) {
        this.server = server;
        this.host = host;
        this.port = port;
    }

    /**
     * Starts a broker that keeps its data in a folder, and returns when it takes connections.
     *
     * @param directory made when it is missing; what an earlier broker left there is used again
     * @param port the port to listen on, 1..65535, or 0 for any free one
     * @throws BrokerFailedException when the port is taken, another broker uses the folder, or it cannot be written
     */
    public static EmbeddedBroker start(Path directory, int port) throws BrokerFailedException {
        return start(directory, HOST, port);
    }

    /**
     * As {@link #start(Path, int)}, for clients on other machines, too: whoever reaches the port can read and write
     * everything.
     *
     * @param host the name under which clients find this machine; any but the loopback address listens on all interfaces
     */
    public static EmbeddedBroker start(Path directory, String host, int port) throws BrokerFailedException {
        for (int attempt = 1; ; attempt++) {
            Ports ports = Ports.choose(port);
            Properties properties = properties(directory, host, ports);
            format(directory, properties);
            KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
            try {
                server.startup();
                return new EmbeddedBroker(server, host, ports.broker());
            } catch (Error e) {
                stop(server, e);
                throw e;
            } catch (RuntimeException e) {
                stop(server, e);
                // Another process may take a port between choosing and binding; choose() reports a fixed one that is
                // gone.
                if (attempt == ATTEMPTS || !causedByBinding(e)) {
                    throw new BrokerFailedException(
                            "The broker did not start in %s: %s".formatted(directory, rootMessage(e)), e);
                }
            }
        }
    }

    /** Where clients connect: {@code 127.0.0.1:port}, or the given name. */
    public String bootstrapServers() {
        return host + ":" + port;
    }

    public int port() {
        return port;
    }

    /** Stops the broker and returns when all is on disk. Does nothing the second time. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path directory, Properties properties) throws BrokerFailedException {
        try {
            Files.createDirectories(directory);
            refuseIfInUse(directory);
            if (Files.exists(directory.resolve("meta.properties"))) {
                return;
            }
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(NODE)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setControllerListenerName(properties.getProperty("controller.listener.names"))
                    .setDirectories(List.of(properties.getProperty("log.dirs")))
                    .setMetadataLogDirectory(properties.getProperty("log.dirs"))
                    .run();
        } catch (BrokerFailedException e) {
            throw e;
        } catch (Exception e) {
            throw new BrokerFailedException(
                    "Cannot prepare the broker's folder %s: %s".formatted(directory, rootMessage(e)), e);
        }
    }

    /** Kafka locks this file itself, but tells of a lock that is held only after a page of stack traces. */
    private static void refuseIfInUse(Path directory) throws BrokerFailedException, IOException {
        try (FileChannel channel = FileChannel.open(
                        directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process
        }
        throw new BrokerFailedException(
                "Another broker uses %s: stop it or choose another folder".formatted(directory));
    }

    private static Properties properties(Path directory, String host, Ports ports) {
        String clients = "PLAINTEXT://%s:%d".formatted(host, ports.broker());
        String listens = host.equals(HOST) ? clients : "PLAINTEXT://:" + ports.broker();
        String controller = "%s:%d".formatted(HOST, ports.controller());
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "node.id",
                "" + NODE,
                "process.roles",
                "broker,controller",
                "listeners",
                listens + ",CONTROLLER://" + controller,
                "advertised.listeners",
                clients,
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.listener.names",
                "CONTROLLER",
                "controller.quorum.voters",
                NODE + "@" + controller,
                "log.dirs",
                directory.toAbsolutePath().toString(),
                "auto.create.topics.enable",
                "false",
                "message.max.bytes",
                "" + MAX_MESSAGE_BYTES));
        // One node holds the only replica of everything.
        properties.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "4",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "4",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1"));
        // After a kill the broker's own session must end before it is let in again: 9 s by default.
        properties.putAll(Map.of("broker.session.timeout.ms", "5000", "broker.heartbeat.interval.ms", "1000"));
        // A laptop, not a cluster: no waiting for members that will not come, few threads, small buffers.
        properties.putAll(Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000",
                "num.network.threads", "2",
                "num.io.threads", "2",
                "background.threads", "2",
                "log.cleaner.dedupe.buffer.size", "4194304",
                "log.cleaner.io.buffer.size", "131072"));
        return properties;
    }

    private static void stop(KafkaRaftServer server, Throwable cause) {
        try {
            server.shutdown();
            server.awaitShutdown();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private static boolean causedByBinding(Throwable thrown) {
        return Stream.iterate(thrown, t -> t != null, Throwable::getCause).anyMatch(BindException.class::isInstance);
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /** The two ports of a node; free when they were chosen. */
    private record Ports(int broker, int controller) {
        static Ports choose(int port) throws BrokerFailedException {
            // Both sockets are open at once, so that the two ports differ.
            try (ServerSocket broker = new ServerSocket();
                    ServerSocket controller = new ServerSocket()) {
                InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
                controller.bind(new InetSocketAddress(loopback, 0));
                try {
                    broker.setReuseAddress(true);
                    broker.bind(new InetSocketAddress(loopback, port));
                } catch (BindException e) {
                    throw new BrokerFailedException(
                            "Port %d is taken: stop what listens there or choose another port".formatted(port), e);
                }
                return new Ports(broker.getLocalPort(), controller.getLocalPort());
            } catch (IOException e) {
                throw new BrokerFailedException("Cannot open a port on " + HOST + ": " + e.getMessage(), e);
            }
        }
    }
}
