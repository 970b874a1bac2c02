/** Autoencoders as DJL blocks, the model artefact and its manifest. */
@NullMarked
package io.afterimage.model;

import org.jspecify.annotations.NullMarked;
