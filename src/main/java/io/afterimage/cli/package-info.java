/** The command line; the only place that wires parts together. */
@NullMarked
package io.afterimage.cli;

import org.jspecify.annotations.NullMarked;
