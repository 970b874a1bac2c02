/** Measures the service against what its parts could do at best, and against doing without batches. */
@NullMarked
package io.afterimage.bench;

import org.jspecify.annotations.NullMarked;
