package io.afterimage.image;

import io.afterimage.wire.ReturnTwin;

/** Breaks on purpose the rule that image uses nothing above it, and with its return a cycle. */
public record UpwardTwin(ReturnTwin above) {}
