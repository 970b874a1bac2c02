/** Whether the service can work, as values: components say how they are and never throw. */
@NullMarked
package io.afterimage.health;

import org.jspecify.annotations.NullMarked;
