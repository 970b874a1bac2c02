package io.afterimage.operations;

import io.afterimage.metrics.MeterCatalogue;
import io.afterimage.metrics.OperatorMeters;
import io.afterimage.metrics.OwnMeter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The names that a scrape of service or retrainer has, and those Prometheus makes itself. */
final class KnownMetrics {
    private KnownMetrics() {}

    static Set<String> names() {
        Set<String> names = new HashSet<>(Set.of("up", "ALERTS"));
        Stream.of(MeterCatalogue.all(), MeterCatalogue.retrain(), MeterCatalogue.process())
                .flatMap(List::stream)
                .forEach(meter -> names.addAll(series(meter)));
        names.addAll(OperatorMeters.prometheusNames());
        names.addAll(binders());
        return names;
    }

    /** The service's and the retrainer's own meters, by the name in the README. */
    static Set<String> families() {
        Set<String> families = new HashSet<>();
        Stream.of(MeterCatalogue.all(), MeterCatalogue.retrain(), MeterCatalogue.process())
                .flatMap(List::stream)
                .forEach(meter -> families.add(meter.prometheusName()));
        return families;
    }

    private static List<String> series(OwnMeter meter) {
        String name = meter.prometheusName();
        return switch (meter.kind()) {
            case COUNTER, GAUGE -> List.of(name);
            case TIMER, SUMMARY -> List.of(name + "_bucket", name + "_count", name + "_sum", name + "_max");
            // OpenMetrics, which Prometheus asks for, has no count without a sum.
            case REAL_HISTOGRAM -> List.of(name + "_bucket");
        };
    }

    /** Of Micrometer's binders for JVM and system; taken from a scrape. */
    static List<String> binders() {
        try (InputStream names =
                Objects.requireNonNull(KnownMetrics.class.getResourceAsStream("/operations/binder-metrics.txt"))) {
            return new String(names.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
