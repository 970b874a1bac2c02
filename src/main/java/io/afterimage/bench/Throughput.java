package io.afterimage.bench;

/**
 * How fast something went.
 *
 * @param imagesPerSecond by the clock
 * @param cpuMicros processor time for one image over all processes involved, in microseconds
 * @param brokerMicros of it, the broker's; 0 without a broker
 */
record Throughput(double imagesPerSecond, double cpuMicros, double brokerMicros) {}
