package io.afterimage.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * Adds to a bicubic enlargement what convolutions at the small size know to be missing (Shi et al., CVPR 2016), and makes sure that
 * averaging 2×2 pixels of the result gives the small picture again (back-projection; Irani and Peleg, 1991).
 *
 * <pre>
 *   picture C×h×w ─┬─ conv ─ conv ─ conv ─ conv ─ conv, shuffle ↑2 ─ + ─ back-projection ─ C×2h×2w
 *                  │    w      w      w      w       4·C             │
 *                  └─ bicubic ↑2 ────────────────────────────────────┘
 * </pre>
 *
 * Input: {@code n × C × h × w} in [0, 1], any size. Output: {@code n × C × 2h × 2w} in [0, 1].
 */
final class UpscalingNetwork extends Network {
    private static final int BICUBIC = 3;
    private static final int LAYERS = 4;

    private final UpscalingArchitecture architecture;
    private final BlockedConvolution[] layers = new BlockedConvolution[LAYERS];
    private final BlockedConvolution toPixels;

    UpscalingNetwork(UpscalingArchitecture architecture) {
        this.architecture = architecture;
        int channels = architecture.input().channels();
        int width = architecture.width();
        for (int i = 0; i < LAYERS; i++) {
            layers[i] = convolution("layer" + (i + 1), i == 0 ? channels : width, width, 1, true);
        }
        toPixels = convolution("pixels", width, 4 * channels, 1, true);
    }

    @Override
    public UpscalingArchitecture architecture() {
        return architecture;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameters, NDList inputs, boolean training, @Nullable PairList<String, Object> unused) {
        NDArray small = inputs.singletonOrThrow();
        long rows = 2 * small.getShape().get(2);
        long columns = 2 * small.getShape().get(3);
        NDArray x = small;
        for (BlockedConvolution layer : layers) {
            x = leaky(apply(layer, parameters, x, training));
        }
        NDArray missing = shuffle(
                apply(toPixels, parameters, x, training), architecture.input().channels(), rows, columns);
        NDArray large = bicubic(small).add(missing);
        NDArray error = small.sub(halved(large));
        large = large.add(nearest(error, rows, columns));
        // Limited, a value beyond the range would have no gradient back into it.
        return new NDList(training ? large : large.clip(0f, 1f));
    }

    /** Twice the size by bicubic interpolation; not limited to [0, 1]. */
    static NDArray bicubic(NDArray small) {
        Shape size = small.getShape();
        return small.getNDArrayInternal().interpolation(new long[] {2 * size.get(2), 2 * size.get(3)}, BICUBIC, false);
    }

    /** Half the size by averaging 2×2 pixels. */
    static NDArray halved(NDArray large) {
        Shape two = new Shape(2, 2);
        return Pool.avgPool2d(large, two, two, new Shape(0, 0), false, true);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape small = inputShapes[0];
        return new Shape[] {new Shape(small.get(0), small.get(1), 2 * small.get(2), 2 * small.get(3))};
    }
}
