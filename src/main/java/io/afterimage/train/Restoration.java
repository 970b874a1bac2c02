package io.afterimage.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.Trainer;
import io.afterimage.image.InputShape;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The squared error against the clean picture of what the network makes of the spoiled one.
 *
 * @param corruptions what spoils the pictures, one after the other
 */
record Restoration(InputShape shape, List<Corruption> corruptions) implements Objective {
    Restoration {
        corruptions = List.copyOf(corruptions);
    }

    /** Spoils the picture at an index of a batch. */
    interface Corruption {
        /**
         * Spoils one picture.
         *
         * @param spoiled the batch that is changed
         * @param clean the batch as it is
         */
        void corrupt(float[] spoiled, float[] clean, int index);
    }

    /** Of noise. */
    static Restoration of(InputShape shape, Noise noise, SplittableRandom random) {
        return new Restoration(shape, List.of(corruption(shape, noise, random)));
    }

    /** Of blanked cells and painted defects. */
    static Restoration ofDefects(InputShape shape, SplittableRandom random) {
        return new Restoration(
                shape,
                List.of(corruption(shape, Noise.BLOCKS, random.split()), new PaintedDefects(shape, random.split())));
    }

    private static Corruption corruption(InputShape shape, Noise noise, SplittableRandom random) {
        return (spoiled, clean, index) -> noise.add(spoiled, index * shape.size(), shape, random);
    }

    @Override
    public NDArray loss(Trainer trainer, NDManager manager, float[] images, int count) {
        float[] spoiled = images.clone();
        for (Corruption corruption : corruptions) {
            for (int i = 0; i < count; i++) {
                corruption.corrupt(spoiled, images, i);
            }
        }
        Shape batch = new Shape(count, shape.channels(), shape.height(), shape.width());
        NDArray restored =
                trainer.forward(new NDList(manager.create(spoiled, batch))).get(0);
        return restored.sub(manager.create(images, batch)).square().sum().div(count);
    }
}
