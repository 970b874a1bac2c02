/** Exactly once, shown from outside: real processes, real signals, and an account of every image. */
@NullMarked
package io.afterimage.guarantee;

import org.jspecify.annotations.NullMarked;
