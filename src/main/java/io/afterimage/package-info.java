/** Afterimage: label-free anomaly detection for streams of images. */
@NullMarked
package io.afterimage;

import org.jspecify.annotations.NullMarked;
