package io.afterimage.bench;

import org.jspecify.annotations.Nullable;

/**
 * What a service needs for pictures of a size.
 *
 * @param machine what it ran on
 * @param pictureSide rows and columns of a picture
 * @param pictureBytes mean length of its file
 * @param inputSide rows and columns that the model takes
 * @param imagesPerSecond of the whole service, exactly once, broker and service on the same cores
 * @param cores processors that the service alone keeps busy at 1,000 images per second
 * @param brokerCores processors that the broker keeps busy at that rate
 * @param heapMiB the most the heap could take
 * @param peakMemoryMiB the most memory the process had resident; null where the system does not tell
 */
public record SizingReport(
        String machine,
        int pictureSide,
        long pictureBytes,
        int inputSide,
        double imagesPerSecond,
        double cores,
        double brokerCores,
        long heapMiB,
        @Nullable Long peakMemoryMiB) {}
