/** Measures on labelled images what the models and the retraining are worth. Nothing that is learned reads a label. */
@NullMarked
package io.afterimage.evaluate;

import org.jspecify.annotations.NullMarked;
