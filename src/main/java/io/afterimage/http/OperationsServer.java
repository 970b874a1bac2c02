package io.afterimage.http;

import io.afterimage.health.Condition;
import io.afterimage.health.Condition.Unhealthy;
import io.afterimage.health.Health;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.util.JavalinBindException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one HTTP port for operators: {@code /metrics} in the Prometheus or OpenMetrics text format, {@code /livez} and
 * {@code /readyz} as 200 or 503 with a JSON body that says which component is how.
 */
public final class OperationsServer implements AutoCloseable {
    /** One to accept, one to select, and a few requests at once: probes and scrapes come every few seconds. */
    private static final int THREADS = 6;

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Javalin server;

    private OperationsServer(Javalin server) {
        this.server = server;
    }

    /**
     * Starts to serve.
     *
     * @param port 0 for any free one
     * @throws UncheckedIOException with a message for the user if host and port cannot be bound
     */
    public static OperationsServer start(String host, int port, PrometheusMeterRegistry metrics, Health health) {
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            var threads = new QueuedThreadPool(THREADS, 1);
            threads.setName("operations-http");
            threads.setReservedThreads(0);
            threads.setDaemon(true);
            config.jetty.threadPool = threads;
            config.jetty.addConnector((jetty, http) -> {
                http.setSendServerVersion(false);
                var connector = new ServerConnector(jetty, 1, 1, new HttpConnectionFactory(http));
                connector.setHost(host);
                connector.setPort(port);
                return connector;
            });
            config.routes.get("/metrics", context -> metrics(context, metrics));
            config.routes.get("/livez", context -> health(context, health.report(), Health.Report::isAlive));
            config.routes.get("/readyz", context -> health(context, health.report(), Health.Report::isReady));
        });
        try {
            return new OperationsServer(server.start());
        } catch (JavalinBindException e) {
            server.stop();
            var cause = new BindException(("metrics and health cannot be served on %s:%d: the port is taken or the"
                            + " address is not of this machine; set afterimage.http.port (0 takes any free port)")
                    .formatted(host, port));
            throw new UncheckedIOException(cause.getMessage(), cause);
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    private static void metrics(Context context, PrometheusMeterRegistry metrics) {
        String accepted = context.header("Accept");
        String format =
                accepted != null && accepted.contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS_TEXT;
        context.contentType(format).result(metrics.scrape(format));
    }

    private static void health(Context context, Health.Report report, Predicate<Health.Report> question) {
        boolean good = question.test(report);
        var components = new ArrayList<Map<String, Object>>();
        report.conditions().forEach((name, condition) -> components.add(component(name, condition)));
        var body = new LinkedHashMap<String, Object>();
        body.put("status", good ? "up" : "down");
        body.put("components", components);
        context.status(good ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .header("Cache-Control", "no-store")
                .contentType("application/json")
                .result(JSON.writeValueAsString(body));
    }

    private static Map<String, Object> component(String name, Condition condition) {
        var component = new LinkedHashMap<String, Object>();
        component.put("name", name);
        component.put("status", condition instanceof Unhealthy ? "unhealthy" : "healthy");
        if (condition instanceof Unhealthy unhealthy) {
            component.put("why", unhealthy.why());
            component.put("recoverable", unhealthy.recoverable());
        }
        return component;
    }
}
