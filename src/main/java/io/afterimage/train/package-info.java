/** Training an autoencoder from unlabelled images. */
@NullMarked
package io.afterimage.train;

import org.jspecify.annotations.NullMarked;
