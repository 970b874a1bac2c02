package io.afterimage.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.Trainer;

/** What a network is trained to make small. */
sealed interface Objective permits Restoration, Enlargement, Generation {

    /**
     * The loss of a batch, per image.
     *
     * @param trainer whose network is asked; gradients are being recorded
     * @param manager of the memory that is needed for this batch
     * @param images the batch, {@code count} images one after another, as they are
     */
    NDArray loss(Trainer trainer, NDManager manager, float[] images, int count);
}
