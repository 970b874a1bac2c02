package io.afterimage.guarantee;

/**
 * An image that a broker acknowledged.
 *
 * @param id its {@code ce_id}
 * @param stream its key
 * @param picture which picture it shows; equal pictures must get equal scores
 * @param readable whether it must be scored; otherwise it must become a dead letter
 */
public record PublishedImage(String id, String stream, int picture, boolean readable, int partition, long offset) {}
