/** The HTTP port: metrics and health. */
@NullMarked
package io.afterimage.http;

import org.jspecify.annotations.NullMarked;
