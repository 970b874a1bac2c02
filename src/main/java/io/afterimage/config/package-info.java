/** Configuration from the environment, a properties file and flags; all mistakes reported at once. */
@NullMarked
package io.afterimage.config;

import org.jspecify.annotations.NullMarked;
