package io.afterimage.metrics;

import io.afterimage.score.Calibration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the meters say about the model that gives the verdicts.
 *
 * @param created when it was trained; empty when its manifest does not tell
 * @param calibration says how many alarms to expect
 */
public record ModelInUse(String name, String version, Optional<Instant> created, Calibration calibration) {}
