package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * A small U-Net (Ronneberger et al., MICCAI 2015). A bottleneck loses to a linear filter at denoising, since what it cannot hold is
 * lost with the noise; skip connections carry it past the bottleneck.
 *
 * <pre>
 *   picture C×H×W ─ conv ↓2 ─ conv ─────────────────────────────── join ─ conv ─ conv ─ conv, shuffle ↑2 ─ sigmoid
 *                     w        └─ conv ↓2 ─ conv ──────────── join ─ conv ─┘ ↑2    w      4·C
 *                                   2w        └ conv ↓2 ─ conv ─┘ ↑2  w
 *                                                 2w       2w
 * </pre>
 *
 * Nothing happens at full resolution but at its two ends, which makes it four times as fast. Input: {@code n × C × H × W} in [0, 1],
 * any size. Output: the same shape and range.
 */
final class DenoisingNetwork extends Network {
    private final DenoisingArchitecture architecture;
    private final Stage[] down = new Stage[3];
    private final Stage[] across = new Stage[3];
    private final Stage[] up = new Stage[2];
    private final Stage last;
    private final BlockedConvolution toPixels;

    DenoisingNetwork(DenoisingArchitecture architecture) {
        this.architecture = architecture;
        int channels = architecture.input().channels();
        int width = architecture.width();
        int[] widths = {width, 2 * width, 2 * width};
        for (int i = 0; i < 3; i++) {
            down[i] = stage("down" + (i + 1), i == 0 ? channels : widths[i - 1], widths[i], 2);
            across[i] = stage("across" + (i + 1), widths[i], widths[i], 1);
        }
        up[1] = stage("up2", widths[2] + widths[1], width, 1);
        up[0] = stage("up1", width + widths[0], width, 1);
        last = stage("last", width, width, 1);
        toPixels = convolution("pixels", width, 4 * channels, 1, true);
    }

    @Override
    public DenoisingArchitecture architecture() {
        return architecture;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameters, NDList inputs, boolean training, @Nullable PairList<String, Object> unused) {
        NDArray picture = inputs.singletonOrThrow();
        NDArray[] skips = new NDArray[3];
        NDArray x = picture;
        for (int i = 0; i < 3; i++) {
            x = across[i].forward(parameters, down[i].forward(parameters, x, training), training);
            skips[i] = x;
        }
        for (int i = 1; i >= 0; i--) {
            Shape size = skips[i].getShape();
            x = NDArrays.concat(new NDList(nearest(x, size.get(2), size.get(3)), skips[i]), 1);
            x = up[i].forward(parameters, x, training);
        }
        x = apply(toPixels, parameters, last.forward(parameters, x, training), training);
        Shape size = picture.getShape();
        return new NDList(Activation.sigmoid(shuffle(x, architecture.input().channels(), size.get(2), size.get(3))));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
