package io.afterimage.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.Trainer;
import io.afterimage.image.InputShape;
import io.afterimage.model.PictureModel;

/** The squared error against a picture of what the network makes of it at half the resolution. An odd last row or column is left out. */
record Enlargement(InputShape shape) implements Objective {
    @Override
    public NDArray loss(Trainer trainer, NDManager manager, float[] images, int count) {
        NDArray whole = manager.create(images, new Shape(count, shape.channels(), shape.height(), shape.width()));
        NDArray large = whole.get(":, :, :{}, :{}", shape.height() / 2 * 2, shape.width() / 2 * 2);
        NDArray small = PictureModel.halved(large);
        return trainer.forward(new NDList(small))
                .get(0)
                .sub(large)
                .square()
                .sum()
                .div(count);
    }
}
