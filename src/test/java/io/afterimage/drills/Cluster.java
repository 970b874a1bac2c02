package io.afterimage.drills;

import io.afterimage.guarantee.Child;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Kafka of one or several nodes, each a process that can be stopped, killed and started again with what it had stored. Every
 * node has a listener for clients and a second one, for the service alone, behind a {@link Cable}.
 */
final class Cluster implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("Broker ready");

    private final Path directory;
    private final List<Node> nodes = new ArrayList<>();

    /** A node's place in the cluster, which it keeps from one start to the next. */
    private static final class Node {
        private final int id;
        private final boolean controller;
        private final int clientPort;
        private final int servicePort;
        private final int controllerPort;
        private final Cable cable;
        private Child process;

        @SuppressWarnings("NullAway.Init") // started with the cluster
        private Node(int id, boolean controller) throws IOException {
            this.id = id;
            this.controller = controller;
            List<Integer> ports = freePorts(3);
            clientPort = ports.get(0);
            servicePort = ports.get(1);
            controllerPort = ports.get(2);
            cable = Cable.to(servicePort);
        }
    }

    private Cluster(Path directory) {
        this.directory = directory;
    }

    /**
     * Starts a cluster in which every topic has a replica on every node.
     *
     * @param directory for all that the nodes store
     * @param voters nodes that are brokers and controllers; of three, one may fail
     */
    static Cluster start(Path directory, int voters) throws IOException {
        Cluster cluster = new Cluster(directory);
        try {
            for (int id = 1; id <= voters; id++) {
                cluster.nodes.add(new Node(id, true));
            }
            for (Node node : cluster.nodes) {
                cluster.launch(node);
            }
            cluster.nodes.forEach(node -> node.process.awaitOutput(READY));
            return cluster;
        } catch (RuntimeException | Error | IOException e) {
            cluster.close();
            throw e;
        }
    }

    /** Adds a node that is a broker only, and as yet an empty one; returns its id. */
    int add() throws IOException {
        Node node = new Node(nodes.size() + 1, false);
        nodes.add(node);
        launch(node);
        node.process.awaitOutput(READY);
        return node.id;
    }

    /** What a client needs that is no part of the drill. */
    Map<String, Object> client() {
        return Map.of("bootstrap.servers", servers(node -> node.clientPort));
    }

    /** Where the service finds the cluster: at the far end of the cables. */
    String serversForService() {
        return servers(node -> node.cable.port());
    }

    private String servers(ToIntFunction<Node> port) {
        return nodes.stream().map(node -> "127.0.0.1:" + port.applyAsInt(node)).collect(Collectors.joining(","));
    }

    /** Ends a node with SIGKILL; ids count from 1. */
    void kill(int id) throws InterruptedException {
        node(id).process.kill();
    }

    /** Ends a node as an operator does. */
    void stop(int id) throws InterruptedException {
        node(id).process.terminate();
    }

    /** Starts a node again and waits until it is there. */
    void startAgain(int id) throws IOException {
        launch(node(id));
        node(id).process.awaitOutput(READY);
    }

    /** The cable between the service and a node. */
    Cable cable(int id) {
        return node(id).cable;
    }

    private Node node(int id) {
        return nodes.get(id - 1);
    }

    private void launch(Node node) throws IOException {
        Path file = directory.resolve("node-" + node.id + ".properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties(node).store(writer, null);
        }
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerNode.class.getName(),
                file.toString());
        String name = "node-" + node.id;
        node.process = Child.start(name, command, Map.of(), Files.createTempFile(directory, name + "-", ".log"));
    }

    private Properties properties(Node node) {
        long replicas = nodes.stream().filter(other -> other.controller).count();
        String voters = nodes.stream()
                .filter(other -> other.controller)
                .map(other -> "%d@127.0.0.1:%d".formatted(other.id, other.controllerPort))
                .collect(Collectors.joining(","));
        String listeners = "CLIENTS://127.0.0.1:%d,SERVICE://127.0.0.1:%d".formatted(node.clientPort, node.servicePort);
        String controller = ",CONTROLLER://127.0.0.1:" + node.controllerPort;
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "node.id",
                "" + node.id,
                "process.roles",
                node.controller ? "broker,controller" : "broker",
                "listeners",
                node.controller ? listeners + controller : listeners,
                "advertised.listeners",
                "CLIENTS://127.0.0.1:%d,SERVICE://127.0.0.1:%d".formatted(node.clientPort, node.cable.port()),
                "listener.security.protocol.map",
                "CLIENTS:PLAINTEXT,SERVICE:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name",
                "CLIENTS",
                "controller.listener.names",
                "CONTROLLER",
                "controller.quorum.voters",
                voters,
                "log.dirs",
                directory.resolve("data-" + node.id).toString(),
                "auto.create.topics.enable",
                "false"));
        String inSync = "" + (replicas + 1) / 2;
        properties.putAll(Map.of(
                "default.replication.factor",
                "" + replicas,
                "min.insync.replicas",
                inSync,
                "offsets.topic.replication.factor",
                "" + replicas,
                "transaction.state.log.replication.factor",
                "" + replicas,
                "transaction.state.log.min.isr",
                inSync,
                "offsets.topic.num.partitions",
                "3",
                "transaction.state.log.num.partitions",
                "3",
                "share.coordinator.state.topic.replication.factor",
                "" + replicas,
                "share.coordinator.state.topic.min.isr",
                inSync,
                "group.initial.rebalance.delay.ms",
                "0"));
        // Several brokers share two processors with the service.
        properties.putAll(Map.of(
                "num.network.threads", "2",
                "num.io.threads", "2",
                "background.threads", "2",
                "log.cleaner.dedupe.buffer.size", "4194304",
                "log.cleaner.io.buffer.size", "131072"));
        return properties;
    }

    /** All open at once, so that they differ. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Whether every node runs. */
    void requireAlive() {
        nodes.forEach(node -> node.process.requireAlive());
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            if (node.process != null) {
                node.process.close();
            }
            node.cable.close();
        }
    }
}
