package io.afterimage.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * The best linear map from spoiled pictures to clean ones in the sense of least squares, with a ridge: each value restored as a weighted
 * sum of all values and a constant.
 */
public final class LinearRestoration {
    /** Per image, of the order of the noise of one value: with less, weights of a few thousand images are themselves noise. */
    private static final double RIDGE = 0.01;

    private final float[] weights;
    private final int inputs;
    private final int outputs;

    private LinearRestoration(float[] weights, int inputs, int outputs) {
        this.weights = weights;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /**
     * Learns from pairs of pictures.
     *
     * @param spoiled at least one, all of one length
     * @param clean as many, all of one length
     */
    public static LinearRestoration of(List<float[]> spoiled, List<float[]> clean) {
        int inputs = spoiled.get(0).length;
        int outputs = clean.get(0).length;
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            NDArray x = augmented(manager, spoiled);
            NDArray y = manager.create(ImageBatch.join(clean), new Shape(clean.size(), outputs));
            DMatrixRMaj covariance = matrix(x.transpose().matMul(x), inputs + 1, inputs + 1);
            DMatrixRMaj products = matrix(x.transpose().matMul(y), inputs + 1, outputs);
            for (int i = 0; i < inputs; i++) {
                covariance.add(i, i, RIDGE * spoiled.size());
            }
            LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(inputs + 1);
            if (!solver.setA(covariance)) {
                throw new IllegalArgumentException("the pictures have no linear restoration");
            }
            DMatrixRMaj solution = new DMatrixRMaj(inputs + 1, outputs);
            solver.solve(products, solution);
            float[] weights = new float[solution.getNumElements()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) solution.get(i);
            }
            return new LinearRestoration(weights, inputs, outputs);
        }
    }

    /** What it makes of spoiled pictures; values in [0, 1]. */
    public List<float[]> apply(List<float[]> spoiled) {
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            NDArray map = manager.create(weights, new Shape(inputs + 1, outputs));
            float[] restored =
                    augmented(manager, spoiled).matMul(map).clip(0f, 1f).toFloatArray();
            return ImageBatch.split(restored, spoiled.size());
        }
    }

    /** Pictures as rows, with a constant 1 at the end of each. */
    private static NDArray augmented(NDManager manager, List<float[]> pictures) {
        NDArray rows = manager.create(ImageBatch.join(pictures), new Shape(pictures.size(), pictures.get(0).length));
        return rows.concat(manager.ones(new Shape(pictures.size(), 1)), 1);
    }

    private static DMatrixRMaj matrix(NDArray array, int rows, int columns) {
        float[] values = array.toFloatArray();
        DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < values.length; i++) {
            matrix.set(i, values[i]);
        }
        return matrix;
    }
}
