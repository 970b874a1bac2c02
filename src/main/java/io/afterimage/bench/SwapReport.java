package io.afterimage.bench;

import java.util.Map;

/**
 * What a swap and a training cost those who wait for verdicts; latencies are {@code p50}, {@code p95}, {@code p99} in
 * milliseconds.
 *
 * @param imagesPerSecond the load throughout
 * @param before undisturbed
 * @param swap while versions are promoted on the models topic once a second
 * @param training while another process trains
 * @param untilScored from the order to promote a version until a batch was scored with it: {@code median} and {@code max} in
 *     milliseconds, and how many promotions that were
 */
public record SwapReport(
        String machine,
        double imagesPerSecond,
        Map<String, Double> before,
        Map<String, Double> swap,
        Map<String, Double> training,
        Map<String, Double> untilScored) {}
