/** Keeping a model fresh: learning from the recent stream, and deciding whether what was learned is better. */
@NullMarked
package io.afterimage.retrain;

import org.jspecify.annotations.NullMarked;
