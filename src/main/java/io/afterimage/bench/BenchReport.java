package io.afterimage.bench;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the bench found; all rates in images per second.
 *
 * @param machine what it ran on
 * @param batchSize images in a batch, the best of those tried in {@code forward}
 * @param decode decoding alone, on all cores
 * @param forward all passes and scores of the recipe alone, on all cores, at the best batch size
 * @param forwardByBatch the same by recipe and batch size
 * @param kafka an empty pass through the same broker and topology
 * @param service the whole service saturated, exactly once, with its default settings
 * @param oneByOne the same service with one image at a time
 * @param limit what decoding, recipe and Kafka together leave: cores / (sum of their processor time per image)
 * @param ofLimit {@code service / limit}
 * @param speedup {@code service / oneByOne}
 * @param cpuMicros processor time per image, in microseconds, of each of the above
 * @param latencyMs p50, p95 and p99 in milliseconds by load in per cent of {@code service}
 * @param peakMemoryMiB the most memory the process had resident; null where the system does not tell
 */
public record BenchReport(
        String machine,
        int batchSize,
        double decode,
        double forward,
        Map<String, Double> forwardByBatch,
        double kafka,
        double service,
        double oneByOne,
        double limit,
        double ofLimit,
        double speedup,
        Map<String, Double> cpuMicros,
        Map<String, Map<String, Double>> latencyMs,
        @Nullable Long peakMemoryMiB) {}
