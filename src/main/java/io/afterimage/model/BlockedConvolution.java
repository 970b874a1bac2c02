package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of pictures with the right gradients on every processor.
 *
 * <p>oneDNN computes channels in blocks of 8 or 16 and fills the last block up. On some processors what it fills with is not zero: its
 * version 3.7, that of PyTorch 2.7, gave wrong gradients on an AMD EPYC 9005 with AVX2 and with AVX-512 wherever a convolution gave a
 * number of channels that is no multiple of 16, and now and then NaN in place of them, also for numbers of channels taken. So they
 * are filled with zeros here: the channels that come in and, while gradients flow back, those that go out. Pictures, of one channel
 * or three, are left as they are: kernels of their own take them, and no gradient is wanted behind them.
 */
final class BlockedConvolution extends Conv2d {
    private static final int BLOCK = 16;
    private static final int PICTURE = 3;

    BlockedConvolution(Builder builder) {
        super(builder);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameters, NDList inputs, boolean training, @Nullable PairList<String, Object> unused) {
        NDArray x = inputs.singletonOrThrow();
        NDManager manager = x.getManager();
        NDArray weights = parameters.getValue(weight, x.getDevice(), training);
        NDArray biases = includeBias ? parameters.getValue(bias, x.getDevice(), training) : null;
        if (x.getShape().get(1) > PICTURE) {
            x = filled(manager, x, 1);
            weights = filled(manager, weights, 1);
        }
        if (!training || filters % BLOCK == 0) {
            return Conv2d.conv2d(x, weights, biases, stride, padding, dilation, groups);
        }
        NDArray y = Conv2d.conv2d(
                        x,
                        filled(manager, weights, 0),
                        biases == null ? null : filled(manager, biases, 0),
                        stride,
                        padding,
                        dilation,
                        groups)
                .singletonOrThrow();
        return new NDList(y.get(":, :{}", filters));
    }

    /** With zeros behind the last channel until a block is full; memory of the batch, where that of {@code x} may outlive it. */
    private static NDArray filled(NDManager manager, NDArray x, int axis) {
        Shape shape = x.getShape();
        int missing = (int) Math.floorMod(-shape.get(axis), (long) BLOCK);
        if (missing == 0) {
            return x;
        }
        long[] rest = shape.getShape().clone();
        rest[axis] = missing;
        NDArray filled = x.concat(manager.zeros(new Shape(rest), x.getDataType()), axis);
        filled.attach(manager);
        return filled;
    }
}
