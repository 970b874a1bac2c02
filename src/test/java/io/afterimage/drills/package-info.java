/** Outages and upgrades that an operator has to expect, brought about under load, with the figures that came of it. */
@NullMarked
package io.afterimage.drills;

import org.jspecify.annotations.NullMarked;
