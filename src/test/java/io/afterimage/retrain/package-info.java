@NullMarked
package io.afterimage.retrain;

import org.jspecify.annotations.NullMarked;
