package io.afterimage.registry;

/**
 * What of a version stands on the topic.
 *
 * @param version twelve hex digits
 * @param hasManifest whether its manifest is there
 * @param chunks how many pieces of its weights are there
 * @param bytes their lengths added up
 */
public record StoredVersion(String version, boolean hasManifest, int chunks, long bytes) {}
