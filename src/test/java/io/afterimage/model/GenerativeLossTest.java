package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.afterimage.model.GenerativeArchitecture.Pixels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against values that can be written down. */
class GenerativeLossTest {
    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    private float[] divergence(float[] means, float[] sigmas, int latent) {
        int n = means.length / latent;
        NDArray mean = manager.create(means, new Shape(n, latent));
        NDArray logSigma = manager.create(sigmas, new Shape(n, latent)).log();
        return GenerativeLoss.divergence(mean, logSigma).toFloatArray();
    }

    private float[] reconstruction(Pixels pixels, float[] logits, float[] pictures, int n) {
        Shape shape = new Shape(n, 1, 1, logits.length / n);
        return GenerativeLoss.reconstruction(pixels, manager.create(logits, shape), manager.create(pictures, shape))
                .toFloatArray();
    }

    @Test
    void aStandardNormalDistributionIsNoDistanceFromItself() {
        assertThat(divergence(new float[6], new float[] {1, 1, 1, 1, 1, 1}, 3)).containsOnly(0);
    }

    /** KL(N(m, s²) ‖ N(0, 1)) = (m² + s² − 1) / 2 − ln s. */
    @ParameterizedTest
    @CsvSource({"1, 1, 0.5", "-3, 1, 4.5", "0, 2, 0.8068528", "0, 0.5, 0.3181472", "2, 0.5, 2.3181472"})
    void theDistanceOfOneComponentHasAClosedForm(float mean, float sigma, double nats) {
        assertThat(divergence(new float[] {mean}, new float[] {sigma}, 1)[0]).isCloseTo((float) nats, within(1e-5f));
    }

    @Test
    void componentsAddUpAndPicturesDoNot() {
        float[] found = divergence(new float[] {1, -3, 0, 0}, new float[] {1, 1, 2, 0.5f}, 2);

        assertThat(found).hasSize(2);
        assertThat(found[0]).isCloseTo(5, within(1e-5f));
        assertThat(found[1]).isCloseTo(1.125f, within(1e-5f));
    }

    /** −x ln p − (1 − x) ln (1 − p) for p = 1 / (1 + e^−logit). */
    @Test
    void crossEntropyIsThatOfTheProbabilities() {
        float ln3 = (float) Math.log(3);
        float[] found = reconstruction(Pixels.BCE, new float[] {0, 0, ln3, ln3}, new float[] {0, 1, 1, 0.25f}, 2);

        assertThat(found[0]).isCloseTo((float) (2 * Math.log(2)), within(1e-5f));
        assertThat(found[1])
                .isCloseTo((float) (-Math.log(0.75) - 0.25 * Math.log(0.75) - 0.75 * Math.log(0.25)), within(1e-5f));
    }

    /** The logarithm of a probability that is 0 as a float would be infinite. */
    @Test
    void crossEntropyOfCertaintyStaysFinite() {
        float[] found = reconstruction(Pixels.BCE, new float[] {200, -200, 200, -200}, new float[] {1, 0, 0, 1}, 2);

        assertThat(found[0]).isCloseTo(0, within(1e-5f));
        assertThat(found[1]).isCloseTo(400, within(1e-3f));
    }

    @Test
    void squaredErrorIsThatOfThePictures() {
        float[] found = reconstruction(Pixels.MSE, new float[] {0, (float) Math.log(3)}, new float[] {1, 0.25f}, 1);

        assertThat(found).hasSize(1);
        assertThat(found[0]).isCloseTo(0.25f + 0.25f, within(1e-5f));
    }
}
