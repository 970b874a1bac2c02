package io.afterimage.evaluate;

/** Where a picture lies in the plane of an embedding. */
public record LabelledPoint(String label, double x, double y) {}
