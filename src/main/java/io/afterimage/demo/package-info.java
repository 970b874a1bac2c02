/** The embedded broker and the feed that the demo runs on. */
@NullMarked
package io.afterimage.demo;

import org.jspecify.annotations.NullMarked;
