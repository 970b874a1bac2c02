/** The service's own meters and what they mean. */
@NullMarked
package io.afterimage.metrics;

import org.jspecify.annotations.NullMarked;
