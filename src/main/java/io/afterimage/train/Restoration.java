package io.afterimage.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.Trainer;
import io.afterimage.image.InputShape;
import java.util.SplittableRandom;

/**
 * The squared error against the clean picture of what the network makes of the spoiled one.
 *
 * @param noise what spoils the pictures
 */
record Restoration(InputShape shape, Noise noise, SplittableRandom random) implements Objective {
    @Override
    public NDArray loss(Trainer trainer, NDManager manager, float[] images, int count) {
        Shape batch = new Shape(count, shape.channels(), shape.height(), shape.width());
        float[] spoiled = images.clone();
        for (int i = 0; i < count; i++) {
            noise.add(spoiled, i * shape.size(), shape, random);
        }
        NDArray restored =
                trainer.forward(new NDList(manager.create(spoiled, batch))).get(0);
        return restored.sub(manager.create(images, batch)).square().sum().div(count);
    }
}
