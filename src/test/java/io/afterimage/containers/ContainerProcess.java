package io.afterimage.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerResponse;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.testcontainers.DockerClientFactory;

/**
 * The service in its image, as a process: the same signals, exit codes and output. The container can write nowhere but to
 * its state and to {@code /tmp}, and is gone when the process has ended.
 */
public final class ContainerProcess extends Process {
    /** The port the service has inside. */
    public static final int HTTP_PORT = 8080;

    private static final String IMAGE = System.getProperty("afterimage.test.service.image", "afterimage:0.1.0");
    private static final String STATE = "/var/lib/afterimage";

    private final String id;
    private final int publishedPort;
    private final CompletableFuture<Integer> exit;

    private ContainerProcess(String id, int publishedPort, CompletableFuture<Integer> exit) {
        this.id = id;
        this.publishedPort = publishedPort;
        this.exit = exit;
    }

    /** Whether the build asks for the image instead of the launcher, by {@code -Dafterimage.test.service=image}. */
    public static boolean wanted() {
        return System.getProperty("afterimage.test.service", "launcher").equals("image");
    }

    /** Settings of the service as the environment variables that stand for them. */
    public static Map<String, String> variables(Map<String, String> settings) {
        Map<String, String> variables = new HashMap<>();
        settings.forEach(
                (key, value) -> variables.put(key.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        return variables;
    }

    /**
     * Starts the image in the network of a broker.
     *
     * @param state a folder of this machine where the service keeps its state, as its owner
     * @param output a new file for stdout and stderr
     */
    public static ContainerProcess start(
            List<String> command, Map<String, String> environment, ContainerBroker broker, Path state, Path output)
            throws IOException {
        DockerClient docker = DockerClientFactory.instance().client();
        Files.createDirectories(state);
        ExposedPort http = ExposedPort.tcp(HTTP_PORT);
        HostConfig host = HostConfig.newHostConfig()
                .withNetworkMode(broker.network())
                .withReadonlyRootfs(true)
                .withTmpFs(Map.of("/tmp", "rw,exec"))
                .withBinds(new Bind(state.toString(), new Volume(STATE)))
                .withPortBindings(new PortBinding(Ports.Binding.bindIp("127.0.0.1"), http));
        CreateContainerResponse created = docker.createContainerCmd(IMAGE)
                .withCmd(command)
                .withEnv(environment.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList())
                .withUser(Files.getAttribute(state, "unix:uid") + ":" + Files.getAttribute(state, "unix:gid"))
                .withExposedPorts(http)
                .withHostConfig(host)
                .exec();
        String id = created.getId();
        docker.startContainerCmd(id).exec();
        Output log = docker.logContainerCmd(id)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .exec(new Output(output));
        WaitContainerResultCallback ended = docker.waitContainerCmd(id).exec(new WaitContainerResultCallback());
        int port = port(docker, id, http);
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> {
            int code = ended.awaitStatusCode();
            try {
                log.awaitCompletion();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            docker.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
            return code;
        });
        return new ContainerProcess(id, port, exit);
    }

    /** 0 for a container that has ended already. */
    private static int port(DockerClient docker, String id, ExposedPort port) {
        Ports.Binding[] bindings = docker.inspectContainerCmd(id)
                .exec()
                .getNetworkSettings()
                .getPorts()
                .getBindings()
                .get(port);
        return bindings == null ? 0 : Integer.parseInt(bindings[0].getHostPortSpec());
    }

    /** Where {@link #HTTP_PORT} is found on this machine. */
    public int publishedPort() {
        return publishedPort;
    }

    private static final class Output extends ResultCallback.Adapter<Frame> {
        private final OutputStream file;

        Output(Path file) throws IOException {
            this.file = Files.newOutputStream(file);
        }

        @Override
        public void onNext(Frame frame) {
            try {
                file.write(frame.getPayload());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            super.close();
            file.close();
        }
    }

    private void signal(String signal) {
        try {
            DockerClientFactory.instance()
                    .client()
                    .killContainerCmd(id)
                    .withSignal(signal)
                    .exec();
        } catch (NotFoundException | ConflictException e) {
            // It has ended by itself, which is what was asked for.
        }
    }

    @Override
    public void destroy() {
        signal("SIGTERM");
    }

    @Override
    public Process destroyForcibly() {
        signal("SIGKILL");
        return this;
    }

    @Override
    public boolean isAlive() {
        return !exit.isDone();
    }

    @Override
    public int exitValue() {
        if (isAlive()) {
            throw new IllegalThreadStateException("it runs");
        }
        return exit.join();
    }

    @Override
    public int waitFor() {
        return exit.join();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            exit.get(timeout, unit);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public CompletableFuture<Process> onExit() {
        return exit.thenApply(code -> this);
    }

    @Override
    public OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
        return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
        return InputStream.nullInputStream();
    }
}
