package io.afterimage.bench;

import java.util.Map;

/**
 * What a swap and a training cost those who wait for verdicts; latencies are {@code p50}, {@code p95}, {@code p99} in
 * milliseconds.
 *
 * @param imagesPerSecond the load throughout
 * @param before undisturbed
 * @param swap while the model is swapped once a second
 * @param training while another process trains
 */
public record SwapReport(
        String machine,
        double imagesPerSecond,
        Map<String, Double> before,
        Map<String, Double> swap,
        Map<String, Double> training) {}
