package io.afterimage.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.decomposition.QRDecomposition;

/**
 * The leading principal components of many long vectors by randomised subspace iteration (Halko, Martinsson and Tropp, SIAM
 * Review 2011): the large products run in the engine, only matrices with a hundred columns are decomposed. A full
 * decomposition of the covariance would not fit for large pictures.
 *
 * @param mean of the vectors, {@code features} values
 * @param axes orthonormal directions, {@code features × components}, row by row
 * @param variances along the axes, descending
 */
@SuppressWarnings("ArrayRecordComponent") // a result handed on at once, never compared
record PrincipalComponents(float[] mean, double[] axes, double[] variances) {
    private static final int OVERSAMPLING = 16;
    private static final int ITERATIONS = 6;
    private static final double NUDGE = 1e-9;

    /** Of {@code vectors}, rows × features, at least two rows; at most {@code components} axes. */
    static PrincipalComponents of(NDManager parent, NDArray vectors, int components, SplittableRandom random) {
        int rows = (int) vectors.getShape().get(0);
        int features = (int) vectors.getShape().get(1);
        int columns = Math.min(components + OVERSAMPLING, Math.min(rows, features));
        int kept = Math.min(components, Math.min(rows - 1, features));
        try (NDManager manager = parent.newSubManager()) {
            NDArray means = vectors.mean(new int[] {0}, true);
            NDArray centred = vectors.sub(means);
            NDArray transposed = centred.transpose();
            attach(manager, means, centred, transposed);
            DMatrixRMaj basis = new DMatrixRMaj(features, columns);
            for (int i = 0; i < basis.data.length; i++) {
                basis.data[i] = random.nextGaussian();
            }
            basis = orthonormal(basis);
            for (int i = 0; i < ITERATIONS; i++) {
                NDArray projected = centred.matMul(array(manager, basis));
                NDArray back = transposed.matMul(projected);
                attach(manager, projected, back);
                basis = orthonormal(matrix(back, features, columns));
            }
            NDArray projected = centred.matMul(array(manager, basis));
            attach(manager, projected);
            return decompose(means.toFloatArray(), basis, matrix(projected, rows, columns), kept);
        }
    }

    private static PrincipalComponents decompose(float[] mean, DMatrixRMaj basis, DMatrixRMaj projected, int kept) {
        int columns = basis.numCols;
        DMatrixRMaj covariance = new DMatrixRMaj(columns, columns);
        CommonOps_DDRM.multTransA(1.0 / (projected.numRows - 1), projected, projected, covariance);
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(columns, true, true);
        if (!eigen.decompose(covariance)) {
            throw new IllegalStateException("the covariance of the features has no eigenvectors");
        }
        Integer[] order = new Integer[columns];
        java.util.Arrays.setAll(order, i -> i);
        java.util.Arrays.sort(
                order,
                java.util.Comparator.comparingDouble(
                        i -> -eigen.getEigenvalue(i).getReal()));
        double[] axes = new double[basis.numRows * kept];
        double[] variances = new double[kept];
        DMatrixRMaj axis = new DMatrixRMaj(basis.numRows, 1);
        for (int k = 0; k < kept; k++) {
            variances[k] = Math.max(0, eigen.getEigenvalue(order[k]).getReal());
            CommonOps_DDRM.mult(basis, eigen.getEigenVector(order[k]), axis);
            for (int f = 0; f < basis.numRows; f++) {
                axes[f * kept + k] = axis.data[f];
            }
        }
        return new PrincipalComponents(mean, axes, variances);
    }

    private static DMatrixRMaj orthonormal(DMatrixRMaj matrix) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(matrix.numRows, matrix.numCols);
        // A column that is nothing, of vectors that all lie in a small subspace, may point anywhere.
        if (!qr.decompose(matrix) && !qr.decompose(nudged(matrix))) {
            throw new IllegalStateException("the features cannot be orthonormalised");
        }
        return qr.getQ(null, true);
    }

    private static DMatrixRMaj nudged(DMatrixRMaj matrix) {
        DMatrixRMaj nudged = matrix.copy();
        double little = NUDGE * Math.max(1, CommonOps_DDRM.elementMaxAbs(matrix));
        for (int i = 0; i < matrix.numCols; i++) {
            nudged.add(i, i, little);
        }
        return nudged;
    }

    private static NDArray array(NDManager manager, DMatrixRMaj matrix) {
        float[] values = new float[matrix.data.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) matrix.data[i];
        }
        return manager.create(values, new Shape(matrix.numRows, matrix.numCols));
    }

    private static DMatrixRMaj matrix(NDArray array, int rows, int columns) {
        DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
        float[] values = array.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            matrix.data[i] = values[i];
        }
        return matrix;
    }

    private static void attach(NDManager manager, NDArray... arrays) {
        for (NDArray array : arrays) {
            array.attach(manager);
        }
    }
}
