/** Keeps a model fresh: the window of recent images, drift, what may be learned, and what is promoted. */
@NullMarked
package io.afterimage.retrain;

import org.jspecify.annotations.NullMarked;
