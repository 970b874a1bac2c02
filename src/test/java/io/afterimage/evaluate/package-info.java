@NullMarked
package io.afterimage.evaluate;

import org.jspecify.annotations.NullMarked;
