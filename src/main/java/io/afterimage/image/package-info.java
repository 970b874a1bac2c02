/** An image, its pixels and its event; decoding within bounds. Depends on the JDK alone. */
@NullMarked
package io.afterimage.image;

import org.jspecify.annotations.NullMarked;
