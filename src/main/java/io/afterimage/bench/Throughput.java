package io.afterimage.bench;

/**
 * How fast something went.
 *
 * @param imagesPerSecond by the clock
 * @param cpuMicros processor time for one image over all processes involved, in microseconds
 */
public record Throughput(double imagesPerSecond, double cpuMicros) {}
