package io.afterimage.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the tasks cost, by task.
 *
 * @param machine what it ran on
 * @param batchSize images in a batch of {@code computation}
 * @param computation of each task alone, on all cores
 * @param service of the whole service, saturated, exactly once: with verdicts alone, and with pictures beside them
 */
public record TasksReport(String machine, int batchSize, Map<String, Cost> computation, Map<String, Cost> service) {
    /**
     * What an image takes.
     *
     * @param imagesPerSecond by the clock
     * @param cpuMicros processor time for one, in microseconds, the broker's included
     */
    public record Cost(double imagesPerSecond, double cpuMicros) {
        static Cost of(Throughput measured) {
            return new Cost(measured.imagesPerSecond(), measured.cpuMicros());
        }
    }

    public TasksReport {
        computation = Collections.unmodifiableMap(new LinkedHashMap<>(computation));
        service = Collections.unmodifiableMap(new LinkedHashMap<>(service));
    }
}
