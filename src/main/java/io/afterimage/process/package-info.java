/** Other processes of this software. */
@NullMarked
package io.afterimage.process;

import org.jspecify.annotations.NullMarked;
