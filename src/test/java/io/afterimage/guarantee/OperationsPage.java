package io.afterimage.guarantee;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Pattern;

/** Metrics and health of a running service, over HTTP. */
public final class OperationsPage {
    private static final Pattern PORT = Pattern.compile("Metrics: http://localhost:(\\d+)/metrics");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final String address;

    private OperationsPage(String address) {
        this.address = address;
    }

    /** Waits until the service has printed where its page is. */
    public static OperationsPage of(Child service) {
        return new OperationsPage("http://127.0.0.1:"
                + service.port(Integer.parseInt(service.awaitOutput(PORT).group(1))));
    }

    public int status(String path) throws IOException, InterruptedException {
        return get(path).statusCode();
    }

    /**
     * The sum over the series of a counter or gauge.
     *
     * @param label a label that a series must have, as the page writes it, or nothing
     */
    public double sum(String metric, String label) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(PATIENCE)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
